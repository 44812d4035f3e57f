package dev.muster.fake

import java.util.concurrent.atomic.AtomicInteger
import java.util.function.Function
import java.util.function.Predicate

/**
 * Selects the requests that a reply is for. The rule takes effect when a reply is set. If several rules match a
 * request, the newest one applies.
 */
public class FakeRule internal constructor(
    private val server: FakeServer,
    private val subject: String,
    private val isOptional: Boolean,
    private val matches: Predicate<FakeRequest>,
) {
    /**
     * Restricts the rule to requests that [condition] accepts too. [condition] runs on the server's thread and must
     * not block.
     */
    public fun and(condition: Predicate<FakeRequest>): FakeRule =
        FakeRule(server, "$subject and a condition", isOptional, matches.and(condition))

    /** Lets [FakeServer.verify] pass if no request matches. For rules that one set-up defines for many tests. */
    public fun optional(): FakeRule = FakeRule(server, subject, isOptional = true, matches)

    /** Sends [reply] to every matching request. */
    public fun reply(reply: FakeReply): FakeServer = reply { reply }

    /**
     * Sends the reply that [script] returns to every matching request. [script] runs on the server's only thread and
     * must not block.
     */
    public fun reply(script: Function<FakeRequest, FakeReply>): FakeServer = add(1, script)

    /** Sends [replies] to matching requests one after another, in the order of arrival. The last one repeats. */
    public fun replies(vararg replies: FakeReply): FakeServer {
        require(replies.isNotEmpty()) { "replies must not be empty" }
        val script = replies.toList()
        val next = AtomicInteger()
        return add(script.size) { script[minOf(next.getAndIncrement(), script.size - 1)] }
    }

    private fun add(wanted: Int, script: Function<FakeRequest, FakeReply>) =
        server.add(subject, if (isOptional) 0 else wanted, matches, script)
}
