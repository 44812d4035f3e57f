package dev.muster.fake

import java.util.concurrent.atomic.AtomicInteger
import java.util.function.Function
import java.util.function.Predicate

/**
 * Which requests a reply is for; it takes effect when a reply is given. Of several rules that match, the newest wins.
 */
public class FakeRule internal constructor(
    private val server: FakeServer,
    private val subject: String,
    private val isOptional: Boolean,
    private val matches: Predicate<FakeRequest>,
) {
    /** Narrows the rule to requests that [condition] accepts too; it runs on the server's thread and must not block. */
    public fun and(condition: Predicate<FakeRequest>): FakeRule =
        FakeRule(server, "$subject and a condition", isOptional, matches.and(condition))

    /** Lets [FakeServer.verify] pass where no such request comes: for what a set-up says for many tests. */
    public fun optional(): FakeRule = FakeRule(server, subject, isOptional = true, matches)

    /** Every such request gets [reply]. */
    public fun reply(reply: FakeReply): FakeServer = reply { reply }

    /** Every such request gets what [script] answers; it runs on the server's one thread and must not block. */
    public fun reply(script: Function<FakeRequest, FakeReply>): FakeServer = add(1, script)

    /** Such requests get [replies] one after another in the order of arrival; the last one repeats. */
    public fun replies(vararg replies: FakeReply): FakeServer {
        require(replies.isNotEmpty()) { "at least one reply is needed" }
        val script = replies.toList()
        val next = AtomicInteger()
        return add(script.size) { script[minOf(next.getAndIncrement(), script.size - 1)] }
    }

    private fun add(wanted: Int, script: Function<FakeRequest, FakeReply>) =
        server.add(subject, if (isOptional) 0 else wanted, matches, script)
}
