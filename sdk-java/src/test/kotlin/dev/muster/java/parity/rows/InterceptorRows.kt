package dev.muster.java.parity.rows

import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Client
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Interception
import dev.muster.java.parity.Row
import dev.muster.java.parity.Step
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.fails
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import dev.muster.resilience.RetryPolicy
import java.time.Duration

private val AT_ONCE = RetryPolicy.builder().firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO).build()

/** C23: code of the user's around calls and attempts. */
internal val interceptorRows = listOf(
    Row(
        id = "C23.1",
        says = "an interceptor replaces the request",
        server = script("q!" to text("A")),
        client = Client(interception = Interception.ADDS_TO_PROMPT),
        run = Ask("q"),
        ends = Gives("A"),
        saw = saw(requests = 1, prompts = listOf("q!")),
    ),
    Row(
        id = "C23.2",
        says = "an interceptor answers, and nothing is sent",
        client = Client(interception = Interception.ANSWERS),
        run = Ask("q"),
        ends = Gives("cached"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C23.3",
        says = "a stream has the text of an interceptor that answers",
        client = Client(interception = Interception.ANSWERS),
        run = Tokens("q"),
        ends = Gives(listOf("cached")),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C23.4",
        says = "an interceptor changes the response",
        server = script("q" to text("abc")),
        client = Client(interception = Interception.CHANGES_RESPONSE),
        run = Ask("q"),
        ends = Gives("ABC"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C23.5",
        says = "tokens pass an interceptor as they come",
        server = script("q!" to tokens("1", "2")),
        client = Client(interception = Interception.ADDS_TO_PROMPT),
        run = Tokens("q"),
        ends = Gives(listOf("1", "2")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C23.6",
        says = "what an interceptor of calls throws ends the call",
        client = Client(
            interception = Interception.FAILS,
            retry = AT_ONCE,
        ),
        run = Ask("q"),
        ends = fails<ProviderException>(saying = "intercepted"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C23.7",
        says = "what an interceptor of attempts throws is retried",
        server = script("q2" to text("A")),
        client = Client(
            interception = Interception.OF_ATTEMPTS,
            retry = AT_ONCE,
        ),
        run = Ask("q"),
        ends = Gives("A"),
        saw = saw(requests = 1, prompts = listOf("q2")),
    ),
    Row(
        id = "C23.8",
        says = "a cancel passes an interceptor and closes the exchange",
        server = script("q!" to hang()),
        client = Client(interception = Interception.ADDS_TO_PROMPT),
        run = Ask("q"),
        steps = steps(until(REQUESTS, 1), Step.Cancel),
        ends = Cancelled,
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "C23.9",
        says = "an interceptor may block",
        client = Client(interception = Interception.BLOCKS),
        run = Ask("q"),
        ends = Gives("cached"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C23.10",
        says = "an interceptor proceeds once, and not again",
        server = script("q" to text("A")),
        client = Client(interception = Interception.PROCEEDS_TWICE),
        run = Ask("q"),
        ends = fails<IllegalStateException>(saying = "only once"),
        saw = saw(requests = 1),
    ),
)
