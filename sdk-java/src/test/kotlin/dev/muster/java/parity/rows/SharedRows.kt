package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Broken
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Future
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Recover
import dev.muster.java.parity.RecoverWith
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Shared
import dev.muster.java.parity.Step
import dev.muster.java.parity.Then
import dev.muster.java.parity.Timer
import dev.muster.java.parity.Wire
import dev.muster.java.parity.Won
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.race
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.settled
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

/** B21: one run shared by many callers, and futures of other libraries. */
internal val sharedRows = listOf(
    Row(
        id = "B21.1",
        says = "who waits for a shared call at the same time gets the answer of one request",
        server = script("a" to text("A")),
        run = gather(Shared(Ask("a")), Then(Shared(Ask("a")), "after {}"), Shared(Ask("a"))),
        ends = Gives(listOf("A", "You said: after A", "A")),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "B21.2",
        says = "who comes when a shared call has ended gets the same",
        server = script("a" to text("A"), "bad" to status(400).hold("bad")),
        run = gather(
            Then(Shared(Ask("a")), "after {}"),
            RecoverWith(Ask("bad"), LlmException::class.java, Shared(Ask("a"))),
        ),
        steps = steps(until(REQUESTS, 3), release("bad")),
        ends = Gives(listOf("You said: after A", "A")),
        saw = saw(requests = 3),
    ),
    Row(
        id = "B21.3",
        says = "the failure of a shared call is everybody's",
        server = script("a" to status(400)),
        run = settled(Shared(Ask("a")), Shared(Ask("a"))),
        ends = Gives(listOf(Failed("InvalidRequestException"), Failed("InvalidRequestException"))),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B21.4",
        says = "one who stops waiting for a shared call leaves the others alone",
        server = script("a" to text("A").hold("a")),
        run = gather(
            Shared(Ask("a")),
            Then(Recover(Deadline(Shared(Ask("a")), SHORT), LlmTimeoutException::class.java, "late"), "too {}"),
        ),
        steps = steps(until(REQUESTS, 1), Step.Pass, until(REQUESTS, 2), release("a")),
        ends = Gives(listOf("A", "You said: too late")),
        saw = saw(requests = 2, prompts = listOf("a", "too late")),
    ),
    Row(
        id = "B21.5",
        says = "a shared call that nobody waits for any more is closed, and sent anew for the next",
        server = script("a" to hang(), "a" to text("A")),
        run = RecoverWith(Deadline(Shared(Ask("a")), SHORT), LlmTimeoutException::class.java, Shared(Ask("a"))),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives("A"),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B21.6",
        says = "a future's value is the call's",
        server = script("a" to text("A")),
        run = Then(Future(Ask("a")), "after {}"),
        ends = Gives("You said: after A"),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "B21.7",
        says = "a future's failure is the call's, which can be recovered from",
        server = script("a" to status(400), "b" to status(400)),
        run = gather(
            Recover(Future(Ask("a")), InvalidRequestException::class.java, "recovered"),
            Future(Recover(Ask("b"), InvalidRequestException::class.java, "recovered inside")),
        ),
        ends = Gives(listOf("recovered", "recovered inside")),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B21.8",
        says = "a future that has failed fails the call",
        run = Future(Broken("no such call")),
        ends = fails<IllegalStateException>(saying = "no such call"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B21.9",
        says = "a future that loses a race is cancelled, and its exchange closed",
        server = script("a" to hang(), "b" to text("B").hold("b")),
        run = race(Future(Ask("a")), Ask("b")),
        steps = steps(until(REQUESTS, 2), release("b"), until(DISCONNECTS, 1)),
        ends = Gives(Won(1, "1", "B")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B21.10",
        says = "a deadline cancels a future, and its exchange is closed",
        server = script("a" to hang()),
        run = Deadline(Future(Ask("a")), SHORT),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "B21.11",
        says = "a timer that wins the race against a shared call closes it",
        server = script("a" to hang()),
        run = race(Shared(Ask("a")), Timer(SHORT, "time is up")),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives(Won(1, "1", "time is up")),
        saw = saw(requests = 1, disconnects = 1),
    ),
)
