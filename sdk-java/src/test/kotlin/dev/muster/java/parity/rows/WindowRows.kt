package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.IDLE
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.First
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Row
import dev.muster.java.parity.Saw
import dev.muster.java.parity.Step
import dev.muster.java.parity.Window.BATCHED
import dev.muster.java.parity.Window.CHUNKED
import dev.muster.java.parity.Window.ORDERED
import dev.muster.java.parity.Window.UNORDERED
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import dev.muster.java.parity.window
import java.time.Duration.ofMillis

private val eight = ('1'..'8').map { "$it" }

// Long enough for an unwanted request to arrive.
internal val aWhile = ofMillis(150)

/** B8 to B11: groups and windows, and items that have not started when the stream is left. */
internal val windowRows = listOf(
    Row(
        id = "B8.1",
        says = "groups of 3, 3 and 2: the next starts when the last of one has ended",
        server = script(
            "1" to text("one").hold("slow").delay(aWhile),
            "2" to text("two").holdUntil(3),
            "3" to text("three").holdUntil(3),
            "4" to text("four").holdUntil(6),
            "5" to text("five").holdUntil(6),
            "6" to text("six").holdUntil(6),
            "7" to text("seven").holdUntil(8),
            "8" to text("eight").holdUntil(8),
        ),
        run = window(CHUNKED, 3, eight),
        steps = steps(until(COMPLETED, 2), release("slow")),
        ends = Gives(listOf("one", "two", "three", "four", "five", "six", "seven", "eight")),
        saw = saw(
            requests = 8,
            peak = 3,
            arrivedAfter = mapOf("4" to listOf("1", "2", "3"), "7" to listOf("4", "5", "6")),
        ),
    ),
    Row(
        id = "B8.2",
        says = "a failure in a group closes the group and the next is not sent",
        server = script("1" to hang(), "2" to status(400).hold("bad"), "3" to hang()),
        run = window(CHUNKED, 3, eight),
        steps = steps(until(REQUESTS, 3), release("bad")),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 2),
    ),
    Row(
        id = "B8.3",
        says = "results of groups before a failure have been given",
        server = script("1" to text("one"), "2" to text("two"), "3" to status(400)),
        run = window(CHUNKED, 2, listOf("1", "2", "3")),
        taken = listOf("one", "two"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3),
    ),
    Row(
        id = "B9.1",
        says = "a window of 3 keeps input order and goes on behind a slow one",
        server = script(
            "1" to text("one").hold("slow"),
            "2" to text("two").holdUntil(3),
            "3" to text("three").holdUntil(3),
        ),
        run = window(ORDERED, 3, listOf("1", "2", "3", "4", "5")),
        steps = steps(until(COMPLETED, 4), release("slow")),
        ends = Gives(listOf("one", "two", "three", "You said: 4", "You said: 5")),
        saw = saw(requests = 5, peak = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "B9.2",
        says = "a failure in a window closes what runs and begins nothing more",
        server = script("1" to hang(), "2" to status(400).hold("bad"), "3" to hang()),
        run = window(ORDERED, 3, eight),
        steps = steps(until(REQUESTS, 3), release("bad")),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 2, peak = 3),
    ),
    Row(
        id = "B9.3",
        says = "a window of 1 sends one after the other",
        run = window(ORDERED, 1, listOf("1", "2", "3")),
        ends = Gives(listOf("You said: 1", "You said: 2", "You said: 3")),
        saw = saw(
            requests = 3,
            peak = 1,
            prompts = listOf("1", "2", "3"),
            arrivedAfter = mapOf("2" to listOf("1"), "3" to listOf("2")),
        ),
    ),
    Row(
        id = "B9.4",
        says = "a window over nothing gives nothing",
        run = window(ORDERED, 3, emptyList()),
        ends = Gives(emptyList<String>()),
        saw = saw(requests = 0),
    ),
    Row(
        id = "B9.5",
        says = "with a buffer of 0 nothing starts behind a slow item that holds back a result",
        server = script("1" to text("one").hold("slow").delay(aWhile), "2" to text("two").hold("quick")),
        run = window(ORDERED, 2, listOf("1", "2", "3"), buffer = 0),
        steps = steps(until(REQUESTS, 2), release("quick"), until(COMPLETED, 1), release("slow")),
        ends = Gives(listOf("one", "two", "You said: 3")),
        saw = saw(requests = 3, peak = 2, arrivedAfter = mapOf("3" to listOf("1"))),
    ),
    Row(
        id = "B10.1",
        says = "an unordered window gives what is ready first",
        server = script("1" to text("one").hold("1"), "2" to text("two").hold("2"), "3" to text("three").hold("3")),
        run = window(UNORDERED, 3, listOf("1", "2", "3")),
        steps = steps(
            until(REQUESTS, 3),
            release("2"),
            until(TAKEN, 1),
            release("3"),
            until(TAKEN, 2),
            release("1"),
        ),
        ends = Gives(listOf("two", "three", "one")),
        saw = saw(requests = 3, peak = 3),
    ),
    Row(
        id = "B10.2",
        says = "an endless source is pulled no further than the window ahead of a consumer that stops",
        run = First(3, window(UNORDERED, 3, listOf("x"), endless = true)),
        pauseAfter = 1,
        steps = steps(until(TAKEN, 1), until(COMPLETED, 4), until(IDLE, 1), Step.Resume),
        ends = Gives(listOf("You said: x", "You said: x", "You said: x")),
        // Three taken and three running.
        saw = Saw(requests = 4..6, disconnects = 0..3, peak = 1..3),
    ),
    Row(
        id = "B10.3",
        says = "an ordered window over an endless source is held by its consumer, too",
        run = First(3, window(ORDERED, 3, listOf("x"), endless = true)),
        pauseAfter = 1,
        steps = steps(until(TAKEN, 1), until(COMPLETED, 4), until(IDLE, 1), Step.Resume),
        ends = Gives(listOf("You said: x", "You said: x", "You said: x")),
        // Three taken, three running, and six that may wait for an earlier one.
        saw = Saw(requests = 4..12, disconnects = 0..3, peak = 1..3),
    ),
    Row(
        id = "B10.4",
        says = "a failure in an unordered window closes what runs",
        server = script("1" to hang(), "2" to status(400).hold("bad"), "3" to hang()),
        run = window(UNORDERED, 3, listOf("1", "2", "3"), endless = true),
        steps = steps(until(REQUESTS, 3), release("bad")),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 2),
    ),
    Row(
        id = "B10.5",
        says = "behind the first value, which is taken, stand as many as the window holds and no more",
        run = First(1, window(UNORDERED, 3, listOf("x"), endless = true)),
        pauseAfter = 1,
        steps = steps(until(TAKEN, 1), until(COMPLETED, 4), until(IDLE, 1), Step.Resume),
        ends = Gives(listOf("You said: x")),
        saw = Saw(requests = 4..4, peak = 1..3),
    ),
    Row(
        id = "C16.1",
        says = "a batch over an endless source stands as far behind its first result as its window holds",
        run = First(1, window(BATCHED, 3, listOf("x"), endless = true)),
        pauseAfter = 1,
        steps = steps(until(TAKEN, 1), until(COMPLETED, 4), until(IDLE, 1), Step.Resume),
        ends = Gives(listOf("You said: x")),
        saw = Saw(requests = 4..4, peak = 1..3),
    ),
    Row(
        id = "C16.2",
        says = "leaving a batch over an endless source closes what runs",
        server = script("1" to text("one").holdUntil(4), "2" to hang(), "3" to hang()),
        run = First(1, window(BATCHED, 4, listOf("1", "2", "3", "2"), endless = true)),
        ends = Gives(listOf("one")),
        saw = Saw(requests = 4..5, disconnects = 3..4, peak = 4..4),
    ),
    Row(
        id = "B11.1",
        says = "leaving a window after 2 of 10 closes what runs and begins at most one more",
        server = script("1" to text("one"), "2" to text("two").holdUntil(4)) +
            (3..10).map { "$it" to listOf(hang()) },
        run = First(2, window(ORDERED, 3, (1..10).map { "$it" })),
        ends = Gives(listOf("one", "two")),
        saw = Saw(requests = 4..5, disconnects = 2..3, peak = 3..3),
        wires = Wire.entries,
    ),
    Row(
        id = "B11.2",
        says = "leaving an unordered window after the first closes the rest",
        server = script("1" to hang(), "2" to hang(), "3" to text("three").hold("3")) +
            (4..10).map { "$it" to listOf(hang()) },
        run = First(1, window(UNORDERED, 3, (1..10).map { "$it" })),
        steps = steps(until(REQUESTS, 3), release("3")),
        ends = Gives(listOf("three")),
        saw = Saw(requests = 3..4, disconnects = 2..3, peak = 3..3),
    ),
)
