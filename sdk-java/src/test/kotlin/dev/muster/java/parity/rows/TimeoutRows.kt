package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.RateLimitedException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Client
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.STUBBORN
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.LONG
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Recover
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Stubborn
import dev.muster.java.parity.Then
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.asCompleted
import dev.muster.java.parity.batch
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.race
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.settled
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.time.Duration.ZERO
import java.time.Duration.ofMillis
import java.time.Duration.ofSeconds

private fun timeouts(set: Timeouts.Builder.() -> Unit) = Client(timeouts = Timeouts.builder().apply(set).build())

private const val SECOND = "attempt 2 was running; attempt 1 failed: "
private val once = RetryPolicy.builder().maxRetries(1).firstBackoff(ZERO).maxBackoff(ZERO).build()
private val failsThenHangs = script("a" to status(503), "a" to hang())
private val hangs = script("a" to hang(), "b" to hang(), "c" to hang(), "d" to hang(), "e" to hang())

/** B12: the timeouts of a client's calls. */
internal val timeoutRows = listOf(
    Row(
        id = "B12.1",
        says = "an attempt that takes too long times out and is closed",
        server = hangs,
        client = timeouts { attempt(ofMillis(SHORT)) },
        run = Ask("a"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "ATTEMPT"),
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B12.2",
        says = "an answer in time is not disturbed by the limits",
        server = script("a" to text("A").delay(ofMillis(100))),
        client = timeouts { attempt(ofMillis(LONG)).total(ofMillis(LONG)).firstToken(ofMillis(LONG)) },
        run = Ask("a"),
        ends = Gives("A"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B12.3",
        says = "the whole call times out",
        server = hangs,
        client = timeouts { total(ofMillis(SHORT)) },
        run = Ask("a"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "TOTAL"),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B12.4",
        says = "an answer that stalls in the middle of its body times out and is closed",
        server = script("a" to text("A").stallAfter(0)),
        client = timeouts { attempt(ofMillis(SHORT)) },
        run = Ask("a"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "ATTEMPT"),
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B12.5",
        says = "a stream whose first token does not come times out and is closed",
        server = script("q" to tokens("one ", "two").stallAfter(0)),
        client = timeouts { firstToken(ofMillis(SHORT)) },
        run = Tokens("q"),
        taken = emptyList(),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "FIRST_TOKEN"),
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B12.6",
        says = "a stream that stalls trips the limit between tokens and tells what had arrived",
        server = script("q" to tokens("one ", "two ", "three").stallAfter(2)),
        client = timeouts { betweenTokens(ofMillis(SHORT)) },
        run = Tokens("q"),
        taken = listOf("one ", "two "),
        steps = steps(until(TAKEN, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "BETWEEN_TOKENS", partialText = "one two "),
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B12.7",
        says = "a call that times out is an outcome among others",
        server = hangs,
        client = timeouts { attempt(ofMillis(SHORT)) },
        run = settled(Ask("a"), Value("B")),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives(listOf(Failed("LlmTimeoutException ATTEMPT"), Ok("B"))),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B12.8",
        says = "a stream that takes too long as a whole times out",
        server = script("q" to tokens("one ", "two").gate(2, "never")),
        client = timeouts { total(ofMillis(SHORT)) },
        run = Tokens("q"),
        taken = listOf("one "),
        steps = steps(until(TAKEN, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "TOTAL", partialText = "one "),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B12.9",
        says = "a total timeout has the failure of the attempt before",
        server = failsThenHangs,
        client = Client(timeouts = Timeouts.builder().total(ofMillis(SHORT)).build(), retry = once),
        run = Ask("a"),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(SECOND, timeout = "TOTAL", suppressed = listOf("ProviderException")),
        saw = saw(requests = 2, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B12.10",
        says = "a total timeout of a stream has the failure of the attempt before",
        server = failsThenHangs,
        client = Client(timeouts = Timeouts.builder().total(ofMillis(SHORT)).build(), retry = once),
        run = Tokens("a"),
        taken = emptyList(),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(SECOND, timeout = "TOTAL", suppressed = listOf("ProviderException")),
        saw = saw(requests = 2, disconnects = 1),
        wires = Wire.entries,
    ),
)

/** B13: a value instead of a timeout. */
internal val fallbackRows = listOf(
    Row(
        id = "B13.1",
        says = "a deadline that passes gives the fallback value",
        server = hangs,
        run = Recover(Deadline(Ask("a"), SHORT), LlmTimeoutException::class.java, "Query timed out after 1s"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives("Query timed out after 1s"),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B13.2",
        says = "an attempt that times out gives the fallback value",
        server = hangs,
        client = timeouts { attempt(ofMillis(SHORT)) },
        run = Recover(Ask("a"), LlmTimeoutException::class.java, "Query timed out after 1s"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives("Query timed out after 1s"),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B13.3",
        says = "a fallback for timeouts lets other failures pass",
        server = script("bad" to status(400)),
        run = Recover(Deadline(Ask("bad"), LONG), LlmTimeoutException::class.java, "timed out"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B13.4",
        says = "one of many gets its fallback value and the others their own",
        server = script("a" to hang(), "b" to text("B")),
        run = gather(
            Recover(Deadline(Ask("a"), SHORT), LlmTimeoutException::class.java, "timed out"),
            Deadline(Ask("b"), LONG),
        ),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = Gives(listOf("timed out", "B")),
        saw = saw(requests = 2, disconnects = 1),
    ),
)

/** B15: a deadline over a whole operator. */
internal val deadlineRows = listOf(
    Row(
        id = "B15.1",
        says = "a deadline over a gather is one exception and closes all five",
        server = hangs,
        run = Deadline(gather("a", "b", "c", "d", "e"), SHORT),
        steps = steps(until(REQUESTS, 5), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 5, disconnects = 5),
        wires = Wire.entries,
    ),
    Row(
        id = "B15.2",
        says = "a deadline over a race is one exception and closes all",
        server = hangs,
        run = Deadline(race(Ask("a"), Ask("b"), Ask("c")), SHORT),
        steps = steps(until(REQUESTS, 3), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 3, disconnects = 3),
    ),
    Row(
        id = "B15.3",
        says = "a deadline over a batch closes its window and begins nothing more",
        server = hangs,
        run = Deadline(batch("a", "b", "c", "d", "e", concurrency = 2), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 2, peak = 2),
    ),
    Row(
        id = "B15.4",
        says = "a deadline over a settled gather is no outcome but the end of it",
        server = script("a" to hang(), "b" to text("B")),
        run = Deadline(settled(Ask("a"), Ask("b")), SHORT),
        steps = steps(until(REQUESTS, 2), until(COMPLETED, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B15.5",
        says = "a deadline over a stream of endings closes what still runs",
        server = script("a" to hang(), "b" to text("B")),
        run = Deadline(asCompleted("a", "b"), SHORT),
        steps = steps(until(REQUESTS, 2), until(TAKEN, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B15.6",
        says = "a deadline over a chain passes in its second step",
        server = script("joke" to text("ha"), "Explain: ha" to hang()),
        run = Deadline(Then(Ask("joke"), "Explain: {}"), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B15.7",
        says = "a deadline that does not pass changes nothing",
        server = script("a" to text("A"), "b" to text("B")),
        run = Deadline(gather("a", "b"), LONG),
        ends = Gives(listOf("A", "B")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B15.8",
        says = "of two deadlines the one that passes is told, and the outer one goes on",
        server = hangs,
        run = Deadline(settled(Deadline(Ask("a"), SHORT)), LONG),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives(listOf(Failed("LlmTimeoutException DEADLINE"))),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B15.9",
        says = "what fails while the deadline closes it is attached to the timeout",
        run = Deadline(Stubborn, SHORT),
        steps = steps(until(STUBBORN, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE", suppressed = listOf("NetworkException")),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B15.10",
        says = "a deadline over a stream tells what had arrived",
        server = script("q" to tokens("one ", "two").gate(2, "never")),
        run = Deadline(Tokens("q"), SHORT),
        steps = steps(until(TAKEN, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE", partialText = "one "),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B15.11",
        says = "a deadline over a call has the failure of the attempt before",
        server = failsThenHangs,
        client = Client(retry = once),
        run = Deadline(Ask("a"), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(SECOND, timeout = "DEADLINE", suppressed = listOf("ProviderException")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B15.12",
        says = "a deadline over a stream has the failure of the attempt before",
        server = failsThenHangs,
        client = Client(retry = once),
        run = Deadline(Tokens("a"), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(SECOND, timeout = "DEADLINE", suppressed = listOf("ProviderException")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B15.13",
        says = "a deadline over several calls says how many there were",
        server = hangs,
        run = Deadline(gather("a", "b", "c"), SHORT),
        steps = steps(until(REQUESTS, 3), Step.Pass),
        ends = fails<LlmTimeoutException>("3 calls were cancelled", timeout = "DEADLINE"),
        saw = saw(requests = 3, disconnects = 3),
    ),
    Row(
        id = "B15.14",
        says = "a wait that does not fit into the whole time is not begun, and the failure says so",
        server = script("a" to status(429).retryAfter(ofSeconds(60))),
        client = Client(timeouts = Timeouts.builder().total(ofSeconds(30)).build(), retry = once),
        run = Ask("a"),
        ends = fails<RateLimitedException>("not retried: the wait of ", status = 429),
        saw = saw(requests = 1),
    ),
)
