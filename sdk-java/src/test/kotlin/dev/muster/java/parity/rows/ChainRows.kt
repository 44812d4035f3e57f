package dev.muster.java.parity.rows

import dev.muster.error.AllFailedException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Broken
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Done
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Mapped
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Recover
import dev.muster.java.parity.RecoverWith
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Then
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.Won
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.race
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.select
import dev.muster.java.parity.settled
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

/** B18: one after the other. */
internal val chainRows = listOf(
    Row(
        id = "B18.1",
        says = "the second request holds the first reply",
        server = script("joke" to text("Knock knock"), "Explain: Knock knock" to text("A door")),
        run = Then(Ask("joke"), "Explain: {}"),
        ends = Gives("A door"),
        saw = saw(requests = 2, peak = 1, prompts = listOf("joke", "Explain: Knock knock")),
        wires = Wire.entries,
    ),
    Row(
        id = "B18.2",
        says = "a chain of three goes on with the second reply",
        server = script("a" to text("b"), "2 b" to text("c"), "3 c" to text("d")),
        run = Mapped(Then(Then(Ask("a"), "2 {}"), "3 {}"), "{}!"),
        ends = Gives("d!"),
        saw = saw(requests = 3, prompts = listOf("a", "2 b", "3 c")),
    ),
    Row(
        id = "B18.3",
        says = "a chain whose first step fails does not send the second",
        server = script("joke" to status(400)),
        run = Then(Ask("joke"), "Explain: {}"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B18.4",
        says = "a chain whose second step fails fails by that",
        server = script("joke" to text("ha"), "Explain: ha" to status(500)),
        run = Then(Ask("joke"), "Explain: {}"),
        ends = fails<ProviderException>(status = 500),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B18.5",
        says = "chains run side by side",
        server = script(
            "a" to text("x").holdUntil(2),
            "b" to text("y").holdUntil(2),
            "more x" to text("X").holdUntil(4),
            "more y" to text("Y").holdUntil(4),
        ),
        run = gather(Then(Ask("a"), "more {}"), Then(Ask("b"), "more {}")),
        ends = Gives(listOf("X", "Y")),
        saw = saw(requests = 4, peak = 2),
    ),
)

/** B19: a value in place of a failure. */
internal val recoverRows = listOf(
    Row(
        id = "B19.1",
        says = "a server that fails gives the default text",
        server = script("a" to status(500)),
        run = Recover(Ask("a"), LlmException::class.java, "default"),
        ends = Gives("default"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "B19.2",
        says = "recover is not asked where there is a value",
        server = script("a" to text("A")),
        run = Recover(Ask("a"), LlmException::class.java, "default"),
        ends = Gives("A"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B19.3",
        says = "recover by class lets another class pass",
        server = script("a" to status(400)),
        run = Recover(Ask("a"), ProviderException::class.java, "default"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B19.4",
        says = "a recovered failure does not end the gather around it",
        server = script("bad" to status(400), "b" to text("B")),
        run = gather(Recover(Ask("bad"), InvalidRequestException::class.java, "default"), Ask("b")),
        ends = Gives(listOf("default", "B")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B19.5",
        says = "a race that all lose can be recovered from",
        server = script("a" to status(400), "b" to status(500)),
        run = Recover(race(Ask("a"), Ask("b")), AllFailedException::class.java, "nobody"),
        ends = Gives("nobody"),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B19.6",
        says = "an empty prompt can be recovered from",
        run = Recover(Ask(""), InvalidRequestException::class.java, "ask something"),
        ends = Gives("ask something"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B19.7",
        says = "a chain goes on from the value of its recovery",
        server = script("joke" to status(400), "Explain: no joke" to text("None")),
        run = Then(Recover(Ask("joke"), LlmException::class.java, "no joke"), "Explain: {}"),
        ends = Gives("None"),
        saw = saw(requests = 2, prompts = listOf("joke", "Explain: no joke")),
    ),
    Row(
        id = "B19.8",
        says = "another call answers where one fails",
        server = script("a" to status(500), "b" to text("B")),
        run = RecoverWith(Ask("a"), ProviderException::class.java, Ask("b")),
        ends = Gives("B"),
        saw = saw(requests = 2, prompts = listOf("a", "b")),
    ),
    Row(
        id = "B19.9",
        says = "the other call is not sent where there is a value",
        server = script("a" to text("A")),
        run = RecoverWith(Ask("a"), ProviderException::class.java, Ask("b")),
        ends = Gives("A"),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B19.10",
        says = "the other call is not sent for a failure of another class",
        server = script("a" to status(400)),
        run = RecoverWith(Ask("a"), ProviderException::class.java, Ask("b")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B19.11",
        says = "where the other call fails too that is the failure",
        server = script("a" to status(500), "b" to status(400)),
        run = RecoverWith(Ask("a"), ProviderException::class.java, Ask("b")),
        // The Java operator adds the first failure as suppressed; a try of the language does not.
        ends = fails<InvalidRequestException>(status = 400, suppressed = null),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B19.12",
        says = "a deadline closes the other call",
        server = script("a" to status(500), "b" to hang()),
        run = Deadline(RecoverWith(Ask("a"), ProviderException::class.java, Ask("b")), SHORT),
        steps = steps(until(REQUESTS, 2), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 2, disconnects = 1),
    ),
)

/** B20: calls that are settled from the start, next to calls that send requests. */
internal val settledValueRows = listOf(
    Row(
        id = "B20.1",
        says = "a value is gathered with an answer",
        server = script("a" to text("A")),
        run = gather(Value("before"), Ask("a"), Value("after")),
        ends = Gives(listOf("before", "A", "after")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B20.2",
        says = "a failure loses the race against an answer",
        server = script("a" to text("A")),
        run = race(Broken("no such call"), Ask("a")),
        ends = Gives(Won(1, "1", "A")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B20.3",
        says = "a failure ends a gather by itself",
        run = gather(Value("v"), Broken("no such call")),
        ends = fails<IllegalStateException>(saying = "no such call"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B20.4",
        says = "a value and a failure are outcomes",
        run = settled(Value("v"), Broken("no such call")),
        ends = Gives(listOf(Ok("v"), Failed("IllegalStateException"))),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B20.5",
        says = "a failure is what a select gives",
        run = select(Broken("no such call")),
        ends = Gives(Done(0, "0", "0", 0, Failed("IllegalStateException"))),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B20.6",
        says = "a chain begins with a value",
        server = script("Explain: it" to text("So")),
        run = Then(Value("it"), "Explain: {}"),
        ends = Gives("So"),
        saw = saw(requests = 1, prompts = listOf("Explain: it")),
    ),
    Row(
        id = "B20.7",
        says = "a failure can be recovered from",
        run = Recover(Broken("no such call"), IllegalStateException::class.java, "v"),
        ends = Gives("v"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B20.8",
        says = "a value in a gather does not keep a later failure from ending it",
        server = script("a" to hang(), "bad" to status(400).hold("bad")),
        run = gather(Value("v"), Ask("a"), Ask("bad")),
        steps = steps(until(REQUESTS, 2), release("bad")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 2, disconnects = 1),
    ),
)
