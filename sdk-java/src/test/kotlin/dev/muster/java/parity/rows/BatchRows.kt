package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Event.COMPLETED
import dev.muster.java.parity.Event.PROGRESS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.STUBBORN
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Report
import dev.muster.java.parity.Result
import dev.muster.java.parity.Row
import dev.muster.java.parity.Stubborn
import dev.muster.java.parity.Unmade
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.again
import dev.muster.java.parity.batch
import dev.muster.java.parity.fails
import dev.muster.java.parity.release
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

private val ten = Array(10) { "q$it" }

private fun each(reply: FakeReply) = ten.associateWith { listOf(reply) }

private val invalid = Failed("InvalidRequestException")

/** B16: progress. */
internal val progressRows = listOf(
    Row(
        id = "B16.1",
        says = "progress takes each value from 1 to 5 once and counts failures",
        server = script("c" to status(400)),
        run = batch("a", "b", "c", "d", "e", concurrency = 1),
        progress = listOf(
            "1/5 (1 ok, 0 failed)",
            "2/5 (2 ok, 0 failed)",
            "3/5 (2 ok, 1 failed)",
            "4/5 (3 ok, 1 failed)",
            "5/5 (4 ok, 1 failed)",
        ),
        ends = Gives(
            Report(
                4,
                1,
                listOf(
                    Result("0", "a", Ok("You said: a")),
                    Result("1", "b", Ok("You said: b")),
                    Result("2", "c", invalid),
                    Result("3", "d", Ok("You said: d")),
                    Result("4", "e", Ok("You said: e")),
                ),
            ),
        ),
        saw = saw(requests = 5, peak = 1),
    ),
    Row(
        id = "B16.2",
        says = "progress comes as the items end, whatever their order",
        server = script("a" to text("A").hold("a"), "b" to status(400), "c" to text("C").hold("c")),
        run = batch("a", "b", "c"),
        steps = steps(until(PROGRESS, 1), release("c"), until(PROGRESS, 2), release("a")),
        progress = listOf("1/3 (0 ok, 1 failed)", "2/3 (1 ok, 1 failed)", "3/3 (2 ok, 1 failed)"),
        ends = Gives(
            Report(2, 1, listOf(Result("0", "a", Ok("A")), Result("1", "b", invalid), Result("2", "c", Ok("C")))),
        ),
        saw = saw(requests = 3),
    ),
    Row(
        id = "B16.3",
        says = "progress of a batch that fails fast ends with the failure",
        server = script("b" to status(400)),
        run = batch("a", "b", "c", concurrency = 1, failFast = true),
        progress = listOf("1/3 (1 ok, 0 failed)", "2/3 (1 ok, 1 failed)"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 2),
    ),
    Row(
        id = "B16.4",
        says = "the start of an item, its result and then the progress are reported",
        run = batch("a", tells = true),
        progress = listOf("0 starts", "0 succeeds: true", "1/1 (1 ok, 0 failed)"),
        ends = Gives(Report(1, 0, listOf(Result("0", "a", Ok("You said: a"))))),
        saw = saw(requests = 1),
    ),
    Row(
        id = "B16.5",
        says = "a batch that fails fast reports the result that it fails with",
        server = script("a" to status(400)),
        run = batch("a", failFast = true, tells = true),
        progress = listOf("0 starts", "0 succeeds: false", "1/1 (0 ok, 1 failed)"),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 1),
    ),
)

/** C15: batches in memory. */
internal val batchRows = listOf(
    Row(
        id = "C15.1",
        says = "of 10 items 2 fail, 8 succeed, and all stand in the report in order",
        server = script("q3" to status(400), "q7" to status(500)),
        run = batch(*ten, concurrency = 3),
        ends = Gives(
            Report(
                8,
                2,
                ten.mapIndexed { index, item ->
                    val outcome = when (index) {
                        3 -> invalid
                        7 -> Failed("ProviderException")
                        else -> Ok("You said: $item")
                    }
                    Result("$index", item, outcome)
                },
            ),
        ),
        saw = saw(requests = 10),
        wires = Wire.entries,
    ),
    Row(
        id = "C15.2",
        says = "a batch that fails fast throws the failure, closes its window and begins nothing more",
        server = each(hang()) + script("q1" to status(400).hold("bad")),
        run = batch(*ten, concurrency = 3, failFast = true),
        steps = steps(until(REQUESTS, 3), release("bad")),
        ends = fails<InvalidRequestException>(status = 400),
        saw = saw(requests = 3, disconnects = 2, peak = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "C15.3",
        says = "the window of a batch is 8 where nothing else is said, and the next begins when one ends",
        server = ten.take(8).associateWith { listOf(text("ok").holdUntil(8)) } +
            ten.drop(8).associateWith { listOf(text("ok").holdUntil(10)) },
        run = batch(*ten),
        ends = Gives(Report(10, 0, ten.mapIndexed { index, item -> Result("$index", item, Ok("ok")) })),
        saw = saw(requests = 10, peak = 8),
    ),
    Row(
        id = "C15.4",
        says = "the next item begins when any one ends, not when all do",
        server = script("a" to text("A").hold("a"), "b" to text("B").holdUntil(2), "c" to text("C")),
        run = batch("a", "b", "c", concurrency = 2),
        steps = steps(until(COMPLETED, 2), release("a")),
        ends = Gives(
            Report(3, 0, listOf(Result("0", "a", Ok("A")), Result("1", "b", Ok("B")), Result("2", "c", Ok("C")))),
        ),
        saw = saw(requests = 3, peak = 2, arrivedAfter = mapOf("c" to listOf("b"))),
    ),
    Row(
        id = "C15.5",
        says = "results carry the ids and the metadata of their items",
        server = script("joke" to text("ha"), "riddle" to status(400)),
        run = batch("joke", "riddle", ids = mapOf("joke" to "j", "riddle" to "r"), metadata = true),
        ends = Gives(
            Report(
                1,
                1,
                listOf(
                    Result("j", "joke", Ok("ha"), mapOf("length" to "4")),
                    Result("r", "riddle", invalid, mapOf("length" to "6")),
                ),
            ),
        ),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C15.6",
        says = "two items of one id fail the batch before anything is sent",
        run = batch("a", "b", ids = mapOf("a" to "same", "b" to "same")),
        progress = emptyList(),
        ends = fails<IllegalArgumentException>(saying = "\"same\""),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C15.7",
        says = "a batch of nothing has an empty report",
        run = batch(),
        progress = emptyList(),
        ends = Gives(Report(0, 0, emptyList())),
        saw = saw(requests = 0),
    ),
    Row(
        id = "C15.8",
        says = "a function that throws is the failure of its item",
        server = script("a" to text("A")),
        run = batch("a", "b", each = mapOf("b" to Unmade("no call for b"))),
        ends = Gives(
            Report(1, 1, listOf(Result("0", "a", Ok("A")), Result("1", "b", Failed("IllegalArgumentException")))),
        ),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C15.9",
        says = "a batch that fails fast attaches what fails later",
        server = script("bad" to status(400).hold("bad")),
        run = batch("bad", "late", failFast = true, each = mapOf("late" to Stubborn)),
        steps = steps(until(STUBBORN, 1), release("bad")),
        ends = fails<InvalidRequestException>(suppressed = listOf("NetworkException")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C15.10",
        says = "items that need no server stand beside those that do",
        server = script("a" to text("A")),
        run = batch("a", "b", each = mapOf("b" to Value("B"))),
        ends = Gives(Report(2, 0, listOf(Result("0", "a", Ok("A")), Result("1", "b", Ok("B"))))),
        saw = saw(requests = 1),
    ),
    Row(
        id = "C15.11",
        says = "an item with a retry of its own is tried again, and no other",
        server = script("a" to text("A"), "b" to status(503), "b" to status(429), "b" to text("B"), "c" to status(503)),
        run = batch("a", "b", "c", concurrency = 1, each = mapOf("b" to again(Ask("b"), 2))),
        progress = listOf("1/3 (1 ok, 0 failed)", "2/3 (2 ok, 0 failed)", "3/3 (2 ok, 1 failed)"),
        ends = Gives(
            Report(
                2,
                1,
                listOf(
                    Result("0", "a", Ok("A")),
                    Result("1", "b", Ok("B")),
                    Result("2", "c", Failed("ProviderException")),
                ),
            ),
        ),
        saw = saw(requests = 5, peak = 1, prompts = listOf("a", "b", "b", "b", "c")),
        wires = Wire.entries,
    ),
    Row(
        id = "C15.12",
        says = "an item whose retries are used up fails alone, and once",
        server = script("b" to status(503)),
        run = batch("a", "b", "c", concurrency = 1, each = mapOf("b" to again(Ask("b"), 1))),
        progress = listOf("1/3 (1 ok, 0 failed)", "2/3 (1 ok, 1 failed)", "3/3 (2 ok, 1 failed)"),
        ends = Gives(
            Report(
                2,
                1,
                listOf(
                    Result("0", "a", Ok("You said: a")),
                    Result("1", "b", Failed("ProviderException")),
                    Result("2", "c", Ok("You said: c")),
                ),
            ),
        ),
        saw = saw(requests = 4, prompts = listOf("a", "b", "b", "c")),
    ),
)
