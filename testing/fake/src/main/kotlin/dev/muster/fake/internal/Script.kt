package dev.muster.fake.internal

import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger

/** A rule and how often it has been used. */
internal class ScriptRule(
    /** What the rule is for, named when it was not used. */
    val subject: String,
    /** The minimum number of requests. */
    val wanted: Int,
    val matches: (Exchange) -> Boolean,
    val reply: (Exchange) -> ReplySpec,
) {
    val used = AtomicInteger()

    /** Returns what is wrong, or null. */
    fun fault(): String? {
        val count = used.get()
        return if (count >= wanted) null else "$subject: $count of $wanted replies were used"
    }
}

/** Selects the reply to a request. Written by any thread, read on the loop. */
internal class Script(private val fallback: (Exchange) -> ReplySpec) {
    private val rules = CopyOnWriteArrayList<ScriptRule>()
    private val unexpected = CopyOnWriteArrayList<Int>()

    @Volatile
    private var otherwise = fallback

    /** The newest matching rule applies, so a test can override its set-up. */
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

    /** The rules that were not fully used, oldest first. */
    fun unmet(): List<String> = rules.reversed().mapNotNull { it.fault() }

    /** The indexes of the requests that no rule matched. */
    fun unexpected(): List<Int> = unexpected.toList()

    fun reset() {
        rules.clear()
        unexpected.clear()
        otherwise = fallback
    }
}
