package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.INTERRUPTED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.STUBBORN
import dev.muster.java.parity.Event.TOOL_STARTED
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Row
import dev.muster.java.parity.Stubborn
import dev.muster.java.parity.Tool
import dev.muster.java.parity.Unmade
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.gatherItems
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.settled
import dev.muster.java.parity.settledItems
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

/** B1 and B2: all calls at once, with all values or all outcomes. */
internal val gatherRows = listOf(
    Row(
        id = "B1.1",
        says = "gather keeps input order when the last answers first",
        server = script("a" to text("A").hold("a"), "b" to text("B").hold("b"), "c" to text("C")),
        run = gather("a", "b", "c"),
        steps = steps(until(COMPLETED, 1), release("b"), until(COMPLETED, 2), release("a")),
        ends = Gives(listOf("A", "B", "C")),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "B1.2",
        says = "gather sends all before the first reply starts",
        server = script(
            "a" to text("A").holdUntil(5),
            "b" to text("B").holdUntil(5),
            "c" to text("C").holdUntil(5),
            "d" to text("D").holdUntil(5),
            "e" to text("E").holdUntil(5),
        ),
        run = gatherItems("a", "b", "c", "d", "e"),
        ends = Gives(listOf("A", "B", "C", "D", "E")),
        saw = saw(requests = 5, peak = 5),
    ),
    Row(
        id = "B1.3",
        says = "gather ends at the first failure and closes its siblings",
        server = script(
            "a" to hang(),
            "bad" to status(400).hold("bad"),
            "c" to hang(),
            "d" to hang(),
            "e" to hang(),
        ),
        run = gather("a", "bad", "c", "d", "e"),
        steps = steps(until(REQUESTS, 5), release("bad")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 5, disconnects = 4, peak = 5),
        wires = Wire.entries,
    ),
    Row(
        id = "B1.4",
        says = "gather throws the first failure in time, not in order",
        server = script("a" to status(500).hold("never"), "b" to status(400).hold("b")),
        run = gatherItems("a", "b"),
        steps = steps(until(REQUESTS, 2), release("b")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "B1.5",
        says = "gather attaches a failure that comes later to the first",
        server = script("bad" to status(400).hold("bad")),
        run = gather(Stubborn, Ask("bad"), Stubborn),
        steps = steps(until(STUBBORN, 2), release("bad")),
        ends = fails<InvalidRequestException>(suppressed = listOf("NetworkException", "NetworkException")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B1.6",
        says = "gather of nothing gives an empty list",
        run = gather(*emptyArray<String>()),
        ends = Gives(emptyList<String>()),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B1.7",
        says = "gather fails by what the function for its items throws",
        run = gatherItems("a", "b", each = mapOf("a" to Value("A"), "b" to Unmade("no call for b"))),
        ends = fails<IllegalArgumentException>(saying = "no call for b"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B1.8",
        says = "a failure inside of a gather in a gather closes all of both",
        server = script("a" to hang(), "bad" to status(400).hold("bad"), "c" to hang(), "d" to hang()),
        run = gather(gather("a", "bad"), gather("c", "d")),
        steps = steps(until(REQUESTS, 4), release("bad")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 4, disconnects = 3),
    ),
    Row(
        id = "B1.9",
        says = "a failure interrupts blocking code of a sibling",
        server = script("bad" to status(400).hold("bad")),
        run = gather(Tool(null), Ask("bad")),
        steps = steps(until(TOOL_STARTED, 1), release("bad"), until(INTERRUPTED, 1)),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B2.1",
        says = "gather settled gives five outcomes in order where one fails",
        server = script(
            "a" to text("A").holdUntil(5),
            "b" to text("B"),
            "bad" to status(400),
            "d" to text("D"),
            "e" to text("E"),
        ),
        run = settledItems("a", "b", "bad", "d", "e"),
        ends = Gives(listOf(Ok("A"), Ok("B"), Failed("InvalidRequestException"), Ok("D"), Ok("E"))),
        saw = saw(requests = 5),
        wires = Wire.entries,
    ),
    Row(
        id = "B2.2",
        says = "gather settled does not throw where all fail",
        server = script("a" to status(400), "b" to status(500)),
        run = settled(Ask("a"), Ask("b")),
        ends = Gives(listOf(Failed("InvalidRequestException"), Failed("ProviderException"))),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B2.3",
        says = "gather settled of nothing gives an empty list",
        run = settled(),
        ends = Gives(emptyList<Any>()),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B2.4",
        says = "a function that throws is the failure of its item",
        server = script("a" to text("A")),
        run = settledItems("a", "b", each = mapOf("b" to Unmade("no call for b"))),
        ends = Gives(listOf(Ok("A"), Failed("IllegalArgumentException"))),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B2.5",
        says = "gather settled lets the rest go on when one has failed",
        server = script("bad" to status(400), "b" to text("B").hold("b")),
        run = settled(Ask("bad"), Ask("b")),
        steps = steps(until(COMPLETED, 1), release("b")),
        ends = Gives(listOf(Failed("InvalidRequestException"), Ok("B"))),
        saw = saw(requests = 2),
    ),
)
