package dev.muster.java.parity

import dev.muster.error.AllFailedException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import java.util.concurrent.CancellationException

/** Compares what was observed with [row], point by point, and reports all differences in one message. */
internal class Check(private val row: Row) {
    private val problems = ArrayList<String>()

    fun problems(seen: Seen): List<String> {
        problems += seen.missing
        seen.ending?.let(::ending)
        row.taken?.let { equal("values taken", it, seen.taken.map(::plain)) }
        row.progress?.let { equal("progress", it, seen.progress) }
        within("requests", row.saw.requests, seen.requests)
        within("disconnects", row.saw.disconnects, seen.disconnects)
        row.saw.peak?.let { within("peak in flight", it, seen.peak) }
        row.saw.prompts?.let { equal("prompts", it, seen.prompts) }
        row.saw.arrivedAfter.forEach { (prompt, earlier) -> arrivedAfter(prompt, earlier, seen.log) }
        return problems.toList()
    }

    private fun ending(ending: Ending) {
        val failure = ending.failure
        when (val ends = row.ends) {
            is Gives ->
                if (failure == null) {
                    equal("value", ends.value, plain(ending.value))
                } else {
                    unexpected("the value ${ends.value}", failure)
                }

            is Fails ->
                if (failure == null) {
                    problems += "ending: expected ${ends.type.simpleName}, was the value ${plain(ending.value)}"
                } else {
                    failed(ends, failure)
                }

            Cancelled ->
                if (failure == null) {
                    problems += "ending: expected a cancellation, was the value ${plain(ending.value)}"
                } else if (failure !is CancellationException) {
                    unexpected("a cancellation", failure)
                }
        }
    }

    private fun failed(expected: Fails, failure: Throwable) {
        if (failure.javaClass != expected.type) return unexpected(expected.type.simpleName, failure)
        val message = failure.message.orEmpty()
        if (expected.saying !in message) equal("message", "…${expected.saying}…", message)
        expected.suppressed?.let { suppressed ->
            // An `AllFailedException` lists its causes there, too.
            val all = suppressed + expected.causes.orEmpty()
            equal("suppressed", all.sorted(), failure.suppressed.map(::named).sorted())
        }
        expected.causes?.let { equal("causes", it, (failure as AllFailedException).causes.map(::named)) }
        expected.timeout?.let { equal("kind of timeout", it, (failure as LlmTimeoutException).kind.name) }
        expected.status?.let { equal("status", it, (failure as LlmException).status) }
        expected.partialText?.let { equal("partial text", it, (failure as LlmException).partialText) }
    }

    private fun arrivedAfter(prompt: String, earlier: List<String>, log: List<String>) {
        val before = log.takeWhile { it != "arrived $prompt" }
        val open = earlier.filter { "completed $it" !in before }
        if (before.size == log.size) {
            problems += "order: \"$prompt\" never arrived"
        } else if (open.isNotEmpty()) {
            problems += "order: \"$prompt\" arrived before these were complete: $open"
        }
    }

    private fun unexpected(expected: String, failure: Throwable) {
        problems += "ending: expected $expected, was\n${failure.stackTraceToString()}"
    }

    private fun equal(what: String, expected: Any?, actual: Any?) {
        if (expected != actual) problems += "$what: expected $expected\n${" ".repeat(what.length)}       was $actual"
    }

    private fun within(what: String, expected: IntRange, actual: Int) {
        if (actual in expected) return
        val wanted = if (expected.first == expected.last) "${expected.first}" else "$expected"
        problems += "$what: expected $wanted, was $actual"
    }
}
