package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmTimeoutException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Asks
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.IDLE
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.First
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Saw
import dev.muster.java.parity.Step
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.piped
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

private val three = listOf("1", "2", "3")

/** B17: items that pass through stages. */
internal val pipelineRows = listOf(
    Row(
        id = "B17.1",
        says = "stages of one work on different items at the same time",
        server = script(
            "a 1" to text("x1"),
            "b x1" to text("y1").holdUntil(3),
            "a 2" to text("x2").holdUntil(3),
            "b x2" to text("y2").holdUntil(5),
            "a 3" to text("x3").holdUntil(5),
            "b x3" to text("y3"),
        ),
        run = piped(three, Asks(1, "a {}"), Asks(1, "b {}")),
        ends = Gives(listOf("y1", "y2", "y3")),
        saw = saw(
            requests = 6,
            peak = 2,
            arrivedAfter = mapOf("a 2" to listOf("a 1"), "a 3" to listOf("a 2"), "b x2" to listOf("b x1")),
        ),
        wires = Wire.entries,
    ),
    Row(
        id = "B17.2",
        says = "results keep the order of the items where a later one is ready first",
        server = script("a 1" to text("x1").hold("slow")),
        run = piped(three, Asks(3, "a {}"), Asks(3, "b {}")),
        // The results of 2 and 3 wait in the first stage.
        steps = steps(until(REQUESTS, 3), until(COMPLETED, 2), release("slow")),
        ends = Gives(listOf("You said: b x1", "You said: b You said: a 2", "You said: b You said: a 3")),
        saw = saw(requests = 6),
    ),
    Row(
        id = "B17.3",
        says = "a failure in a later stage closes what runs before it",
        server = script("a 1" to text("x1"), "b x1" to status(400).hold("bad"), "a 2" to hang()),
        run = piped(three, Asks(1, "a {}"), Asks(1, "b {}")),
        steps = steps(until(REQUESTS, 3), release("bad")),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 1),
    ),
    Row(
        id = "B17.4",
        says = "a failure in an earlier stage closes what runs behind it",
        server = script("a 1" to text("x1"), "b x1" to hang(), "a 2" to status(400).hold("bad")),
        run = piped(three, Asks(1, "a {}"), Asks(1, "b {}")),
        steps = steps(until(REQUESTS, 3), release("bad")),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 1),
    ),
    Row(
        id = "B17.5",
        says = "a consumer that stops holds up every stage",
        run = First(1, piped((1..100).map { "$it" }, Asks(1, "a {}"), Asks(1, "b {}"))),
        pauseAfter = 1,
        steps = steps(until(TAKEN, 1), until(COMPLETED, 4), until(IDLE, 1), Step.Resume),
        ends = Gives(listOf("You said: b You said: a 1")),
        // One is taken, one waits in each stage, and each stage may start one more when the stream is left.
        saw = Saw(requests = 4..7, disconnects = 0..2),
    ),
    Row(
        id = "B17.6",
        says = "leaving after the first closes what runs in every stage",
        server = script("a 1" to text("x1"), "b x1" to text("y1").holdUntil(3), "a 2" to hang()),
        run = First(1, piped(three, Asks(1, "a {}"), Asks(1, "b {}"))),
        ends = Gives(listOf("y1")),
        saw = saw(requests = 3, disconnects = 1),
    ),
    Row(
        id = "B17.7",
        says = "a deadline closes what runs in every stage",
        server = script("a 1" to text("x1"), "b x1" to hang(), "a 2" to hang()),
        run = Deadline(piped(three, Asks(1, "a {}"), Asks(1, "b {}")), SHORT),
        steps = steps(until(REQUESTS, 3), Step.Pass),
        ends = fails<LlmTimeoutException>(timeout = "DEADLINE"),
        saw = saw(requests = 3, disconnects = 2),
    ),
    Row(
        id = "B17.8",
        says = "a pipeline over nothing gives nothing",
        run = piped(emptyList(), Asks(1, "a {}"), Asks(1, "b {}")),
        ends = Gives(emptyList<String>()),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B17.9",
        says = "a stage with a buffer of 0 starts nothing behind a slow item that holds back a result",
        server = script("a 1" to text("x1").hold("slow").delay(aWhile), "a 2" to text("x2").hold("quick")),
        run = piped(three, Asks(2, "a {}", buffer = 0)),
        steps = steps(until(REQUESTS, 2), release("quick"), until(COMPLETED, 1), release("slow")),
        ends = Gives(listOf("x1", "x2", "You said: a 3")),
        saw = saw(requests = 3, peak = 2, arrivedAfter = mapOf("a 3" to listOf("a 1"))),
    ),
)
