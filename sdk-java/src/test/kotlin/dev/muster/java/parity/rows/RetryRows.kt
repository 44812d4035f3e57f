package dev.muster.java.parity.rows

import dev.muster.error.AuthenticationException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Broken
import dev.muster.java.parity.Client
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Gives
import dev.muster.java.parity.LONG
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Then
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.Wire
import dev.muster.java.parity.again
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.time.Duration.ofMillis

// Back-offs are random between zero and this, so one that ends during the test is practically impossible.
private val NEVER = Duration.ofDays(10_000)

private fun retrying(set: RetryPolicy.Builder.() -> Unit = {}) =
    Client(retry = RetryPolicy.builder().firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO).apply(set).build())

/** C10, C11, B14: attempts that are retried. */
internal val retryRows = listOf(
    Row(
        id = "C10.1",
        says = "two refusals that may pass, then the answer, in three requests",
        server = script("q" to status(429), "q" to status(503), "q" to text("A")),
        client = retrying(),
        run = Ask("q"),
        ends = Gives("A"),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "C10.2",
        says = "a third failure is the end and tells of the two before",
        server = script("q" to status(500)),
        client = retrying(),
        run = Ask("q"),
        ends = fails<ProviderException>(suppressed = listOf("ProviderException", "ProviderException")),
        saw = saw(requests = 3),
    ),
    Row(
        id = "C10.3",
        says = "a refused key is not tried again",
        server = script("q" to status(401)),
        client = retrying(),
        run = Ask("q"),
        ends = fails<AuthenticationException>(),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C10.4",
        says = "a stream is tried again before its first token",
        server = script("q" to status(500), "q" to tokens("one ", "two")),
        client = retrying(),
        run = Tokens("q"),
        ends = Gives(listOf("one ", "two")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C10.5",
        says = "a stream is not tried again after its first token",
        server = script(
            "q" to tokens("one ", "two").errorAfter(1, "server_error", "The server had an error"),
            "q" to tokens("one ", "two"),
        ),
        client = retrying(),
        run = Tokens("q"),
        taken = listOf("one "),
        ends = fails<ProviderException>(partialText = "one "),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C11.1",
        says = "a predicate narrows what is tried again",
        server = script("q" to status(429), "q" to status(503), "q" to text("A")),
        client = retrying { retryIf { it.status == 429 } },
        run = Ask("q"),
        ends = fails<ProviderException>(suppressed = listOf("RateLimitedException")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B14.1",
        says = "a ladder closes the first attempt and lets the second through",
        server = script("q" to hang(), "q" to text("A")),
        client = retrying { timeouts(ofMillis(SHORT), ofMillis(LONG)) },
        run = Ask("q"),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives("A"),
        saw = saw(requests = 2, disconnects = 1),
    ),
)

/** C11: whole operations that are retried. */
internal val operationRetryRows = listOf(
    Row(
        id = "C11.2",
        says = "an operation that fails with what may pass runs again from its beginning",
        server = script("joke" to text("ha"), "Explain: ha" to status(503), "Explain: ha" to text("So")),
        run = again(Then(Ask("joke"), "Explain: {}"), 1),
        ends = Gives("So"),
        saw = saw(requests = 4, prompts = listOf("joke", "Explain: ha", "joke", "Explain: ha")),
        wires = Wire.entries,
    ),
    Row(
        id = "C11.3",
        says = "an operation that fails to the end tells of the failures before",
        server = script("q" to status(500)),
        run = again(Ask("q"), 2),
        ends = fails<ProviderException>(status = 500, suppressed = listOf("ProviderException", "ProviderException")),
        saw = saw(requests = 3),
    ),
    Row(
        id = "C11.4",
        says = "an operation that fails with what will not pass is not run again",
        server = script("q" to status(401)),
        run = again(Ask("q"), 2),
        ends = fails<AuthenticationException>(status = 401),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C11.5",
        says = "what a client has given up on is not tried again by the operation",
        server = script("q" to status(500)),
        client = retrying { maxRetries(1) },
        run = again(Ask("q"), 5),
        ends = fails<ProviderException>(suppressed = listOf("ProviderException")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C11.6",
        says = "a failure that is no model's is not tried again",
        run = again(Broken("no such call"), 2),
        ends = fails<IllegalStateException>(saying = "no such call"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C11.7",
        says = "a ladder closes the first run of an operation and lets the second through",
        server = script("a" to hang(), "a" to text("A"), "b" to text("B")),
        run = again(gather("a", "b"), 1) { timeouts(ofMillis(SHORT), ofMillis(LONG)) },
        steps = steps(until(REQUESTS, 2), until(COMPLETED, 1), Step.Pass),
        ends = Gives(listOf("A", "B")),
        saw = saw(requests = 4, disconnects = 1),
    ),
    Row(
        id = "C11.8",
        says = "a deadline over it passes in the second run",
        server = script("q" to status(503), "q" to hang()),
        run = Deadline(again(Ask("q"), 5), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE", suppressed = listOf("ProviderException")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "C11.9",
        says = "a deadline over it passes in the wait between two runs",
        server = script("q" to status(503)),
        run = Deadline(again(Ask("q"), 5) { firstBackoff(NEVER).maxBackoff(NEVER) }, SHORT),
        steps = steps(until(COMPLETED, 1), Step.BackOff, Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE", suppressed = listOf("ProviderException")),
        saw = saw(requests = 1),
    ),
)
