package dev.muster.java.parity.rows

import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Deadline
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.First
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Recover
import dev.muster.java.parity.Remembered
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Turn
import dev.muster.java.parity.TurnTokens
import dev.muster.java.parity.Wire
import dev.muster.java.parity.Won
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.inOrder
import dev.muster.java.parity.race
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

/** A12, A13: the turns of a conversation. */
internal val turnRows = listOf(
    Row(
        id = "A12.1",
        says = "a turn remembers the one before it",
        server = script("a" to text("1"), "b" to text("2")),
        run = inOrder(Turn("a"), Turn("b"), Remembered),
        ends = Gives(listOf("1", "2", listOf("a", "1", "b", "2"))),
        saw = saw(requests = 2, prompts = listOf("a", "b")),
        wires = Wire.entries,
    ),
    Row(
        id = "A12.2",
        says = "a streamed turn is remembered",
        server = script("a" to tokens("1", "2"), "b" to text("3")),
        run = inOrder(TurnTokens("a"), Turn("b"), Remembered),
        ends = Gives(listOf(listOf("1", "2"), "3", listOf("a", "12", "b", "3"))),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "A13.1",
        says = "a turn that fails leaves no message behind",
        server = script("a" to status(500), "b" to text("2")),
        run = inOrder(Recover(Turn("a"), ProviderException::class.java, "failed"), Turn("b"), Remembered),
        ends = Gives(listOf("failed", "2", listOf("b", "2"))),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "A13.2",
        says = "a turn that times out leaves no message behind and lets the next one in",
        server = script("a" to hang(), "b" to text("2")),
        run = inOrder(
            Recover(Deadline(Turn("a"), SHORT), LlmTimeoutException::class.java, "late"),
            Turn("b"),
            Remembered,
        ),
        steps = steps(until(REQUESTS, 1), Step.Pass),
        ends = Gives(listOf("late", "2", listOf("b", "2"))),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "A13.3",
        says = "a turn that loses a race leaves no message behind and lets the next one in",
        server = script("a" to hang(), "fast" to text("first").holdUntil(2), "b" to text("2")),
        run = inOrder(race(Turn("a"), Ask("fast")), Turn("b"), Remembered),
        ends = Gives(listOf(Won(1, "1", "first"), "2", listOf("b", "2"))),
        saw = saw(requests = 3, disconnects = 1),
    ),
    Row(
        id = "A13.4",
        says = "turns that are asked for at once take place one after the other",
        server = script("a" to text("1"), "b" to text("2"), "c" to text("3")),
        run = gather(Turn("a"), Turn("b"), Turn("c")),
        ends = Gives(listOf("1", "2", "3")),
        saw = saw(requests = 3, peak = 1),
    ),
    Row(
        id = "A13.5",
        says = "cancelled from outside, the turn under way is closed and those that wait are never sent",
        server = script("a" to hang()),
        run = gather(Turn("a"), Turn("a"), Turn("a")),
        steps = steps(until(REQUESTS, 1), Step.Cancel, until(DISCONNECTS, 1)),
        ends = Cancelled,
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "A13.6",
        says = "a streamed turn that is left early leaves no message behind",
        server = script("a" to tokens("1", "2", "3").gate(2), "b" to text("2")),
        run = inOrder(First(1, TurnTokens("a")), Turn("b"), Remembered),
        ends = Gives(listOf(listOf("1"), "2", listOf("b", "2"))),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "A13.7",
        says = "a turn that fails is the call's failure",
        server = script("a" to status(500)),
        run = Turn("a"),
        ends = fails<ProviderException>(status = 500),
        saw = saw(requests = 1),
    ),
)
