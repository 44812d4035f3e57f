package dev.muster.fake.internal

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger

/** A rule and how often it has been used. */
internal class ScriptRule(
    /** What it is for, for the one who reads that it was not used. */
    val subject: String,
    /** How many requests it wants at least. */
    val wanted: Int,
    val matches: (Exchange) -> Boolean,
    val reply: (Exchange) -> ReplySpec,
) {
    val used = AtomicInteger()

    /** What is wrong, or null. */
    fun fault(): String? {
        val count = used.get()
        return if (count >= wanted) null else "$subject: $count of $wanted replies were asked for"
    }
}

/** Decides what a request gets. Written by any thread, read on the loop. */
internal class Script(private val fallback: (Exchange) -> ReplySpec) {
    private val rules = CopyOnWriteArrayList<ScriptRule>()
    private val unexpected = CopyOnWriteArrayList<Int>()

    @Volatile
    private var otherwise = fallback

    /** The newest rule that matches wins, so a test can override what its set-up said. */
    fun add(rule: ScriptRule) {
        rules.add(0, rule)
    }

    fun otherwise(reply: (Exchange) -> ReplySpec) {
        otherwise = reply
    }

    fun reply(exchange: Exchange): ReplySpec {
        val rule = rules.firstOrNull { it.matches(exchange) }
        if (rule != null) {
            rule.used.incrementAndGet()
            return rule.reply(exchange)
        }
        if (otherwise === fallback) unexpected += exchange.index
        return otherwise(exchange)
    }

    /** What the rules still wait for, oldest first. */
    fun unmet(): List<String> = rules.reversed().mapNotNull { it.fault() }

    /** The requests, by their index, that nothing was written for. */
    fun unexpected(): List<Int> = unexpected.toList()

    fun reset() {
        rules.clear()
        unexpected.clear()
        otherwise = fallback
    }
}
