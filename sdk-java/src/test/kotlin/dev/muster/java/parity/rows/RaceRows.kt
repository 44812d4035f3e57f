package dev.muster.java.parity.rows

import dev.muster.error.AllFailedException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Done
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.INTERRUPTED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TOOL_STARTED
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Labelled
import dev.muster.java.parity.ManyItems
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Operator
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Timer
import dev.muster.java.parity.Tool
import dev.muster.java.parity.Wire
import dev.muster.java.parity.Won
import dev.muster.java.parity.fails
import dev.muster.java.parity.race
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.select
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import java.time.Duration.ofMillis

// After the release, so that the first to reply is also well ahead inside the client.
private val behind = ofMillis(600)

/** B4: the first that succeeds. */
internal val raceRows = listOf(
    Row(
        id = "B4.1",
        says = "race is won by the first success and closes the losers",
        server = script("a" to hang(), "b" to text("B").hold("b"), "c" to hang()),
        run = race(Ask("a"), Ask("b"), Ask("c")),
        steps = steps(until(REQUESTS, 3), release("b")),
        ends = Gives(Won(1, "1", "B")),
        saw = saw(requests = 3, disconnects = 2, peak = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "B4.2",
        says = "a fast failure does not decide a race",
        server = script("bad" to status(500), "b" to text("B").hold("b").delay(behind)),
        run = race(Ask("bad"), Ask("b")),
        steps = steps(until(COMPLETED, 1), release("b")),
        ends = Gives(Won(1, "1", "B")),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "B4.3",
        says = "a race that all lose lists every cause in the order of the branches",
        server = script("a" to status(400).hold("a").delay(behind), "b" to status(500)),
        run = race(Ask("a"), Ask("b")),
        steps = steps(until(COMPLETED, 1), release("a")),
        ends = fails<AllFailedException>(causes = listOf("InvalidRequestException", "ProviderException")),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "B4.4",
        says = "the winner carries its label",
        server = script("a" to hang(), "b" to text("B").hold("b")),
        run = race(Labelled("gpt", Ask("a")), Labelled("llama", Ask("b"))),
        steps = steps(until(REQUESTS, 2), release("b")),
        ends = Gives(Won(1, "llama", "B")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B4.5",
        says = "race of nothing is an IllegalArgumentException",
        run = race(),
        ends = fails<IllegalArgumentException>(),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B4.6",
        says = "a branch that runs out of its own time does not decide a race",
        server = script("a" to hang(), "b" to text("B").hold("b").delay(behind)),
        run = race(Deadline(Ask("a"), SHORT), Ask("b")),
        steps = steps(until(REQUESTS, 2), Step.Pass, until(DISCONNECTS, 1), release("b")),
        ends = Gives(Won(1, "1", "B")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B4.7",
        says = "race of one that fails still says that all failed",
        server = script("bad" to status(400)),
        run = ManyItems(Operator.RACE, listOf("bad"), emptyMap()),
        ends = fails<AllFailedException>(causes = listOf("InvalidRequestException")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B4.8",
        says = "a race inside of a race closes the losers of both",
        server = script("a" to hang(), "b" to hang(), "c" to text("C").hold("c"), "d" to hang()),
        run = race(race(Ask("a"), Ask("b")), race(Ask("c"), Ask("d"))),
        steps = steps(until(REQUESTS, 4), release("c")),
        ends = Gives(Won(1, "1", Won(0, "0", "C"))),
        saw = saw(requests = 4, disconnects = 3),
    ),
)

/** B3 and B7: the first that settles, of calls with the same and with different types. */
internal val selectRows = listOf(
    Row(
        id = "B3.1",
        says = "select gives the first that settles with its index and closes the rest",
        server = script("a" to hang(), "b" to text("B").hold("b"), "c" to hang()),
        run = select(Ask("a"), Ask("b"), Ask("c")),
        steps = steps(until(REQUESTS, 3), release("b")),
        ends = Gives(Done(1, "1", "1", 2, Ok("B"))),
        saw = saw(requests = 3, disconnects = 2, peak = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "B3.2",
        says = "a fast failure is the outcome of a select",
        server = script("a" to hang(), "bad" to status(400).hold("bad"), "c" to hang()),
        run = select(Ask("a"), Ask("bad"), Ask("c")),
        steps = steps(until(REQUESTS, 3), release("bad")),
        ends = Gives(Done(1, "1", "1", 2, Failed("InvalidRequestException"))),
        saw = saw(requests = 3, disconnects = 2),
    ),
    Row(
        id = "B3.3",
        says = "select carries the label of what settled",
        server = script("a" to text("A").hold("a"), "b" to hang()),
        run = select(Labelled("gpt", Ask("a")), Ask("b")),
        steps = steps(until(REQUESTS, 2), release("a")),
        ends = Gives(Done(0, "gpt", "gpt", 1, Ok("A"))),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B3.4",
        says = "select of nothing is an IllegalArgumentException",
        run = select(),
        ends = fails<IllegalArgumentException>(),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B7.1",
        says = "of a model call, a timer and a tool the model's answer is selected and the tool interrupted",
        server = script("a" to text("A").hold("a")),
        run = select(Tool(null), Timer(600_000, "too slow"), Ask("a")),
        steps = steps(until(TOOL_STARTED, 1), release("a"), until(INTERRUPTED, 1)),
        ends = Gives(Done(2, "2", "2", 2, Ok("A"))),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B7.2",
        says = "of a model call, a timer and a tool the timer is selected and the call closed",
        server = script("a" to hang()),
        run = select(Ask("a"), Labelled("timer", Timer(SHORT, "too slow")), Tool(null)),
        steps = steps(until(TOOL_STARTED, 1), until(REQUESTS, 1), Step.Pass, until(INTERRUPTED, 1)),
        ends = Gives(Done(1, "timer", "timer", 2, Ok("too slow"))),
        saw = saw(requests = 1, disconnects = 1),
    ),
)
