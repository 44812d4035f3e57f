package dev.muster.java.parity.rows

import dev.muster.error.AllFailedException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Broken
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Mapped
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Then
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.fallback
import dev.muster.java.parity.gather
import dev.muster.java.parity.hedged
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

private const val NEVER = 600_000L

/** B31: a second copy of a slow call. */
internal val hedgeRows = listOf(
    Row(
        id = "B31.1",
        says = "the second copy of a slow call wins, and the first is closed",
        server = script("q" to hang(), "q" to text("A")),
        run = hedged(Ask("q"), 50),
        ends = Gives("A"),
        saw = saw(requests = 2, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B31.2",
        says = "a slow call that is first after all wins, and its second copy is closed",
        server = script("q" to text("A").hold("first"), "q" to hang()),
        run = hedged(Ask("q"), 1),
        steps = steps(until(REQUESTS, 2), release("first")),
        ends = Gives("A"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B31.3",
        says = "a call that is quick has no second copy",
        server = script("q" to text("A")),
        run = hedged(Ask("q"), NEVER),
        ends = Gives("A"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B31.4",
        says = "a failure that may pass brings the second copy at once",
        server = script("q" to status(503), "q" to text("A")),
        run = hedged(Ask("q"), NEVER),
        ends = Gives("A"),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B31.5",
        says = "where both copies fail the first failure tells of the second",
        server = script("q" to status(503), "q" to status(429)),
        run = hedged(Ask("q"), NEVER),
        ends = fails<ProviderException>(status = 503, suppressed = listOf("RateLimitedException")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B31.6",
        says = "a failure that will not pass has no second copy",
        server = script("q" to status(400)),
        run = hedged(Ask("q"), NEVER),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B31.7",
        says = "such a failure of the second copy closes the first",
        server = script("q" to hang(), "q" to status(400)),
        run = hedged(Ask("q"), 1),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B31.8",
        says = "where the share of copies is used up the first is awaited",
        server = script("q" to text("A").hold("q"), "b" to text("B").hold("b"), "after B" to text("C")),
        run = gather(hedged(Ask("q"), 1, extra = 0.0), Then(Ask("b"), "after {}")),
        steps = steps(until(REQUESTS, 2), release("b"), until(COMPLETED, 2), release("q")),
        ends = Gives(listOf("A", "C")),
        saw = saw(requests = 3),
    ),
    Row(
        id = "B31.9",
        says = "a deadline closes both copies",
        server = script("q" to hang()),
        run = Deadline(hedged(Ask("q"), 1), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 2),
    ),
    Row(
        id = "B31.10",
        says = "with the default share the very first call has a second copy",
        server = script("q" to hang(), "q" to text("A")),
        run = hedged(Ask("q"), 1, extra = 0.05),
        ends = Gives("A"),
        saw = saw(requests = 2, disconnects = 1),
    ),
)

/** B32: another call if one fails. */
internal val fallbackChainRows = listOf(
    Row(
        id = "B32.1",
        says = "where the first fails the second answers",
        server = script("a" to status(500), "b" to text("B")),
        run = fallback(Ask("a"), Ask("b")),
        ends = Gives("B"),
        saw = saw(requests = 2, peak = 1, prompts = listOf("a", "b")),
        wires = Wire.entries,
    ),
    Row(
        id = "B32.2",
        says = "where the first answers the second is not sent",
        server = script("a" to text("A")),
        run = fallback(Ask("a"), Ask("b")),
        ends = Gives("A"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B32.3",
        says = "where all fail each failure is told, in the order of the calls",
        server = script("a" to status(500), "b" to status(400)),
        run = fallback(Ask("a"), Ask("b"), Broken("no such call")),
        ends = fails<AllFailedException>(
            causes = listOf("ProviderException", "InvalidRequestException", "IllegalStateException"),
        ),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B32.4",
        says = "a call that takes too long is closed, and the second answers",
        server = script("a" to hang(), "b" to text("B")),
        run = fallback(Deadline(Ask("a"), SHORT), Ask("b")),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives("B"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B32.5",
        says = "a deadline over all of it passes in the second",
        server = script("a" to status(500), "b" to hang()),
        run = Deadline(fallback(Ask("a"), Ask("b"), Value("never")), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B32.6",
        says = "an empty prompt is a failure as any other",
        run = Mapped(fallback(Ask(""), Value("v")), "{}!"),
        ends = Gives("v!"),
        saw = saw(requests = 0),
    ),
)
