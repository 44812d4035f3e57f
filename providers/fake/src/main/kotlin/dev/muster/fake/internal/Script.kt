package dev.muster.fake.internal

import java.util.concurrent.CopyOnWriteArrayList

/** Decides what a request gets. Written by any thread, read on the loop. */
internal class Script(private val fallback: (Exchange) -> ReplySpec) {
    private class Rule(val matches: (Exchange) -> Boolean, val reply: (Exchange) -> ReplySpec)

    private val rules = CopyOnWriteArrayList<Rule>()

    @Volatile
    private var otherwise = fallback

    /** The newest rule that matches wins, so a test can override what its set-up said. */
    fun add(matches: (Exchange) -> Boolean, reply: (Exchange) -> ReplySpec) {
        rules.add(0, Rule(matches, reply))
    }

    fun otherwise(reply: (Exchange) -> ReplySpec) {
        otherwise = reply
    }

    fun reply(exchange: Exchange): ReplySpec {
        val rule = rules.firstOrNull { it.matches(exchange) }
        return if (rule != null) rule.reply(exchange) else otherwise(exchange)
    }

    fun reset() {
        rules.clear()
        otherwise = fallback
    }
}
