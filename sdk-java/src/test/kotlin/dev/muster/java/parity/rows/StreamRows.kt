package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.error.StreamTruncatedException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Done
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.Event.TOKENS
import dev.muster.java.parity.Failed
import dev.muster.java.parity.First
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Row
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.Unmade
import dev.muster.java.parity.Wire
import dev.muster.java.parity.asCompleted
import dev.muster.java.parity.fails
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

/** B5 and B6: results as they finish. */
internal val completionRows = listOf(
    Row(
        id = "B5.1",
        says = "as completed: long first in, quick first out, each with its label",
        server = script("l" to text("L").hold("l"), "m" to text("M").hold("m"), "q" to text("Q").hold("q")),
        run = asCompleted("l", "m", "q", labels = mapOf("l" to "Long", "m" to "Medium", "q" to "Quick")),
        steps = steps(
            until(REQUESTS, 3),
            release("q"),
            until(TAKEN, 1),
            release("m"),
            until(TAKEN, 2),
            release("l"),
        ),
        ends = Gives(
            listOf(
                Done(2, "Quick", "q", 2, Ok("Q")),
                Done(1, "Medium", "m", 1, Ok("M")),
                Done(0, "Long", "l", 0, Ok("L")),
            ),
        ),
        saw = saw(requests = 3, peak = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "B5.2",
        says = "as completed: leaving after the first closes the rest",
        server = script("a" to hang(), "b" to text("B").hold("b"), "c" to hang()),
        run = First(1, asCompleted("a", "b", "c")),
        steps = steps(until(REQUESTS, 3), release("b")),
        ends = Gives(listOf(Done(1, "1", "b", 2, Ok("B")))),
        saw = saw(requests = 3, disconnects = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "B5.3",
        says = "as completed: a failure is one of the endings and stops no other",
        server = script("a" to text("A").hold("a"), "bad" to status(400)),
        run = asCompleted("a", "bad"),
        steps = steps(until(TAKEN, 1), release("a")),
        ends = Gives(
            listOf(Done(1, "1", "bad", 1, Failed("InvalidRequestException")), Done(0, "0", "a", 0, Ok("A"))),
        ),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B5.4",
        says = "as completed of nothing is over at once",
        run = asCompleted(),
        ends = Gives(emptyList<Any>()),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B5.5",
        says = "as completed: a function that throws is the ending of its item",
        server = script("a" to text("A").hold("a")),
        run = asCompleted("a", "b", each = mapOf("b" to Unmade("no call for b"))),
        steps = steps(until(TAKEN, 1), release("a")),
        ends = Gives(
            listOf(Done(1, "1", "b", 1, Failed("IllegalArgumentException")), Done(0, "0", "a", 0, Ok("A"))),
        ),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B6.1",
        says = "three calls drain in three rounds with 2, 1 and 0 pending",
        server = script("a" to text("A").hold("a"), "b" to text("B"), "c" to text("C").hold("c")),
        run = asCompleted("a", "b", "c"),
        steps = steps(until(TAKEN, 1), release("c"), until(TAKEN, 2), release("a")),
        ends = Gives(
            listOf(
                Done(1, "1", "b", 2, Ok("B")),
                Done(2, "2", "c", 1, Ok("C")),
                Done(0, "0", "a", 0, Ok("A")),
            ),
        ),
        saw = saw(requests = 3),
    ),
)

/** Tokens as they are written: streaming as B11 and B12 need it. */
internal val tokenRows = listOf(
    Row(
        id = "A15.1",
        says = "the first tokens are taken while the server still holds the last",
        server = script("q" to tokens("one ", "two ", "three").gate(3, "last")),
        run = Tokens("q"),
        steps = steps(until(TAKEN, 2), release("last")),
        ends = Gives(listOf("one ", "two ", "three")),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A16.1",
        says = "a stream that is left early is closed",
        server = script("q" to tokens("one ", "two ", "three ", "four").gate(4, "never")),
        run = First(3, Tokens("q")),
        steps = steps(until(TOKENS, 3), until(DISCONNECTS, 1)),
        ends = Gives(listOf("one ", "two ", "three ")),
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C13.1",
        says = "a stream that is cut off is an error with the partial text",
        server = script("q" to tokens("one ", "two ", "three").cutAfter(2)),
        run = Tokens("q"),
        taken = listOf("one ", "two "),
        ends = fails<StreamTruncatedException>(partialText = "one two "),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C13.2",
        says = "a stream without its end marker is an error with the partial text",
        server = script("q" to tokens("one ", "two").withoutEnd()),
        run = Tokens("q"),
        taken = listOf("one ", "two"),
        ends = fails<StreamTruncatedException>(partialText = "one two"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C12.1",
        says = "a stream that is refused fails before its first token",
        server = script("q" to status(400)),
        run = Tokens("q"),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
)
