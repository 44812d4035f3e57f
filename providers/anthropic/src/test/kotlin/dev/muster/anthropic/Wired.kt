package dev.muster.anthropic

import dev.muster.http.contract.WiredTest

/** A server and clients for Anthropic's messages. */
abstract class Wired : WiredTest("anthropic") {
    override val url: String get() = server.anthropicUrl

    override fun nameOf(event: String): String? = typeOf(event)
}
