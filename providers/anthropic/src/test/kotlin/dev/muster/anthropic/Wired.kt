package dev.muster.anthropic

import dev.muster.contract.ProviderTest

/** A server and clients for Anthropic's messages. */
abstract class Wired : ProviderTest("anthropic") {
    override val url: String get() = server.anthropicUrl

    override fun nameOf(event: String): String? = typeOf(event)
}
