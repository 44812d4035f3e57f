package dev.muster.ktor

import dev.muster.contract.FailureContract
import dev.muster.http.transport.HttpTransport

/** A whole provider including its failures, on Ktor's engines. */
internal abstract class FailuresTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl

    override val whole: String get() = OPENAI_BODY

    // The channel between an engine and its reader drops its content when it fails.
    override val whyABreakOvertakes: String get() = "Ktor's channel drops its contents when it fails"
}

internal class CioFailuresTest : FailuresTest() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.cio())

    // CIO keeps no connection of a POST.
    override val connectionsForTwentyCalls: IntRange get() = 20..20
}

internal class OkHttpFailuresTest : FailuresTest() {
    override fun newTransport(): HttpTransport = KtorTransport(Engines.okHttp())

    // OkHttp closes a connection if the rest of a body does not come within 100 ms, which a busy machine may need.
    override val connectionsForTwentyCalls: IntRange get() = 1..10
}
