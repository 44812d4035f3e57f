package dev.muster.java.parity.rows

import dev.muster.error.ClientClosedException
import dev.muster.error.LlmException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Asks
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Done
import dev.muster.java.parity.Ends
import dev.muster.java.parity.Event
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.INTERRUPTED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.Event.TOKENS
import dev.muster.java.parity.Event.TOOL_STARTED
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Future
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Mapped
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Op
import dev.muster.java.parity.Recover
import dev.muster.java.parity.RecoverWith
import dev.muster.java.parity.Row
import dev.muster.java.parity.Saw
import dev.muster.java.parity.Shared
import dev.muster.java.parity.Step
import dev.muster.java.parity.Then
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.Tool
import dev.muster.java.parity.Value
import dev.muster.java.parity.Window.CHUNKED
import dev.muster.java.parity.Window.ORDERED
import dev.muster.java.parity.Window.UNORDERED
import dev.muster.java.parity.Wire
import dev.muster.java.parity.again
import dev.muster.java.parity.asCompleted
import dev.muster.java.parity.batch
import dev.muster.java.parity.fails
import dev.muster.java.parity.fallback
import dev.muster.java.parity.gather
import dev.muster.java.parity.gatherItems
import dev.muster.java.parity.hedged
import dev.muster.java.parity.piped
import dev.muster.java.parity.race
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.select
import dev.muster.java.parity.settled
import dev.muster.java.parity.until
import dev.muster.java.parity.window
import java.time.Duration.ofDays

private val ten = (1..10).map { "$it" }

private val silence = script("a" to hang(), "b" to hang(), "c" to hang()) + ten.associateWith { listOf(hang()) }

private fun cancelled(
    id: String,
    says: String,
    run: Op,
    saw: Saw,
    after: Step? = null,
    then: Step = until(DISCONNECTS, saw.disconnects.first),
    wires: List<Wire> = listOf(Wire.OPENAI),
    taken: List<Any>? = null,
) = Row(
    id, says, run, Cancelled, saw, silence + more,
    steps = listOfNotNull(until(REQUESTS, saw.requests.first), after, Step.Cancel, then),
    taken = taken, wires = wires,
)

private const val NEVER = 600_000L

private val more = script(
    "bad" to status(400),
    "bad but passing" to status(503),
    "flaky" to status(503),
    "flaky" to hang(),
    "half" to text("never to its end").stallAfter(0),
    "stream" to tokens("one ", "two ", "three").gate(3, "never"),
    "joke" to text("ha"),
    "Explain: ha" to hang(),
    "fast" to text("F").holdUntil(3),
)

/**
 * B25: cancelled from outside (coroutine, future, interrupt), in every phase: closed on the wire, nothing sent
 * afterwards.
 */
internal val cancelRows = listOf(
    cancelled("B25.1", "a call that waits for its reply", Ask("a"), saw(1, 1), wires = Wire.entries),
    cancelled("B25.2", "a call whose reply stalls", Ask("half"), saw(1, 1), wires = Wire.entries),
    cancelled("B25.3", "a gather", gather("a", "b", "c"), saw(3, 3), wires = Wire.entries),
    cancelled("B25.4", "a settled gather", settled(Ask("a"), Ask("b")), saw(2, 2)),
    cancelled("B25.5", "a race", race(Ask("a"), Ask("b"), Ask("c")), saw(3, 3), wires = Wire.entries),
    cancelled("B25.6", "a select", select(Ask("a"), Ask("b")), saw(2, 2)),
    cancelled("B25.7", "a batch", batch(*ten.toTypedArray(), concurrency = 3), saw(3, 3, 3), wires = Wire.entries),
    cancelled("B25.8", "a batch that fails fast", batch("a", "b", failFast = true), saw(2, 2)),
    cancelled(
        "B25.9",
        "a stream between two tokens",
        Tokens("stream"),
        saw(1, 1),
        after = until(TAKEN, 2),
        taken = listOf("one ", "two "),
        wires = Wire.entries,
    ),
    cancelled(
        "B25.10",
        "a stream of endings after its first",
        asCompleted("a", "fast", "c"),
        saw(3, 2),
        after = until(TAKEN, 1),
        taken = listOf(Done(1, "1", "fast", 2, Ok("F"))),
    ),
    cancelled("B25.11", "a window", window(ORDERED, 3, ten), saw(3, 3, 3)),
    cancelled("B25.12", "an unordered window", window(UNORDERED, 3, ten, endless = true), saw(3, 3, 3)),
    cancelled("B25.13", "groups", window(CHUNKED, 3, ten), saw(3, 3, 3)),
    cancelled("B25.14", "a chain in its second step", Then(Ask("joke"), "Explain: {}"), saw(2, 1)),
    cancelled("B25.15", "a mapped call", Mapped(Ask("a"), "{}!"), saw(1, 1)),
    cancelled("B25.16", "a call with a deadline", Deadline(gather("a", "b"), 600_000), saw(2, 2)),
    cancelled(
        "B25.17",
        "a call with a recovery, which does not see it",
        Recover(gatherItems("a", "b"), LlmException::class.java, "recovered"),
        saw(2, 2),
    ),
    cancelled("B25.18", "a gather of races", gather(race(Ask("a"), Ask("b")), race(Ask("c"))), saw(3, 3)),
    cancelled(
        "B25.19",
        "blocking code, which is interrupted",
        Mapped(Tool(null), "{}"),
        saw(0),
        after = until(TOOL_STARTED, 1),
        then = until(INTERRUPTED, 1),
    ),
    cancelled(
        "B25.20",
        "a step of a chain in a settled gather, which is no outcome",
        settled(Then(Ask("joke"), "Explain: {}"), Ask("a")),
        saw(3, 2),
    ),
    cancelled("B25.21", "both copies of a hedged call", hedged(Ask("a"), 1), saw(2, 2)),
    cancelled("B25.22", "the second call of a fallback", fallback(Ask("bad"), Ask("a"), Ask("b")), saw(2, 1)),
    cancelled("B25.23", "the second run of an operation", again(Ask("flaky"), 5), saw(2, 1)),
    cancelled(
        "B25.24",
        "the wait between two runs of an operation",
        again(Ask("bad but passing"), 5) { firstBackoff(ofDays(10_000)).maxBackoff(ofDays(10_000)) },
        saw(1, 0),
        after = until(COMPLETED, 1),
    ),
    cancelled(
        "B25.25",
        "the call in place of one that failed",
        RecoverWith(Ask("bad"), LlmException::class.java, Ask("a")),
        saw(2, 1),
    ),
    cancelled("B25.26", "a shared call, with its last waiter", gather(Shared(Ask("a")), Shared(Ask("a"))), saw(1, 1)),
    cancelled("B25.27", "a future that a call waits for", Future(Ask("a")), saw(1, 1)),
    cancelled(
        "B25.28",
        "a pipeline, in every stage",
        piped(listOf("1", "2", "3"), Asks(1, "joke"), Asks(1, "Explain: {}")),
        // The second stage is silent; the first has requested its second item and got a reply.
        saw(3, 1),
        after = until(COMPLETED, 2),
    ),
    cancelled(
        "B25.29",
        "a stream that is to become a list",
        Mapped(Deadline(Tokens("stream"), 600_000), "{}"),
        saw(1, 1),
        after = until(TOKENS, 2),
    ),
)

private fun closed(id: String, says: String, run: Op, ends: Ends, saw: Saw, after: Event = REQUESTS) = Row(
    id,
    says,
    run,
    ends,
    saw,
    silence + more,
    steps = listOf(until(after, if (after == TAKEN) 2 else saw.requests.first), Step.Close),
)

// All calls of the client fail at the same time, so a second one may fail before the operator has cancelled it.
private val closing = fails<ClientClosedException>(suppressed = null)

/** A11: the client is closed while calls run. */
internal val closeRows = listOf(
    closed("A11.1", "closing the client ends a call", Ask("a"), closing, saw(1, 1)),
    closed("A11.2", "closing the client ends a gather", gather("a", "b", "c"), closing, saw(3, 3)),
    closed(
        "A11.3",
        "closing the client ends a race, which it does not decide",
        race(Ask("a"), Ask("b")),
        closing,
        saw(2, 2),
    ),
    closed("A11.4", "closing the client ends a stream", Tokens("stream"), closing, saw(1, 1), after = TAKEN),
    closed(
        "A11.5",
        "a recovery from the model's failures does not see that the client is closed",
        Recover(Ask("a"), LlmException::class.java, "recovered"),
        closing,
        saw(1, 1),
    ),
    closed(
        "A11.6",
        "closing the client is how the calls of a settled gather have ended",
        settled(Ask("a"), Ask("b")),
        Gives(listOf(Failed("ClientClosedException"), Failed("ClientClosedException"))),
        saw(2, 2),
    ),
    closed("A11.7", "closing the client has no second copy", hedged(Ask("a"), NEVER), closing, saw(1, 1)),
    closed("A11.8", "closing the client ends both copies", hedged(Ask("a"), 1), closing, saw(2, 2)),
    closed(
        "A11.9",
        "closing the client is nothing to fall back from",
        fallback(Ask("a"), Value("never")),
        closing,
        saw(1, 1),
    ),
    closed("A11.10", "closing the client is nothing to try again", again(Ask("a"), 5), closing, saw(1, 1)),
    closed(
        "A11.11",
        "closing the client has no other call in its place",
        RecoverWith(Ask("a"), LlmException::class.java, Value("never")),
        closing,
        saw(1, 1),
    ),
    closed(
        "A11.12",
        "closing the client ends a shared call",
        gather(Shared(Ask("a")), Shared(Ask("a"))),
        closing,
        saw(1, 1),
    ),
    closed("A11.13", "closing the client ends the call behind a future", Future(Ask("a")), closing, saw(1, 1)),
    closed(
        "A11.14",
        "closing the client ends a pipeline",
        piped(listOf("a", "b"), Asks(2, "{}"), Asks(1, "{}")),
        closing,
        saw(2, 2),
    ),
    closed("A11.15", "closing the client ends a window", window(ORDERED, 3, ten), closing, saw(3, 3)),
    closed("A11.16", "closing the client ends an unordered window", window(UNORDERED, 3, ten), closing, saw(3, 3)),
    closed("A11.17", "closing the client ends a group", window(CHUNKED, 3, ten), closing, saw(3, 3)),
    closed("A11.18", "closing the client ends a deadline's call", Deadline(Ask("a"), NEVER), closing, saw(1, 1)),
)
