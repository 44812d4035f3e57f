package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.error.StructuredOutputException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.toolCall
import dev.muster.java.parity.ANYTHING_ELSE
import dev.muster.java.parity.Answer
import dev.muster.java.parity.AskAgentTown
import dev.muster.java.parity.AskAgentTowns
import dev.muster.java.parity.AskTown
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.INTERRUPTED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TOOL_STARTED
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Row
import dev.muster.java.parity.Step
import dev.muster.java.parity.Tool
import dev.muster.java.parity.Town
import dev.muster.java.parity.Typed
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

internal const val ULM = """{"name":"Ulm","people":130000,"rivers":["Donau","Iller"]}"""
internal const val TOWNS = """{"value":[$ULM]}"""
internal val ulm = Town("Ulm", 130_000, listOf("Donau", "Iller"), null)

private val once = toolCall("c1", "a", "{}").usage(4, 3)

/** C7 to C9: structured responses. */
internal val structuredRows = listOf(
    Row(
        id = "C7.1",
        says = "an answer is an object; what is optional may be left out",
        server = script("Ulm?" to text(ULM)),
        run = AskTown("Ulm?"),
        ends = Gives(ulm),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C7.2",
        says = "what is optional may be null, or there",
        server = script(
            "a" to text("""{"name":"A","people":1,"rivers":[],"mayor":null}"""),
            "b" to text("""{"name":"B","people":2,"rivers":[],"mayor":"Ann"}"""),
        ),
        run = gather(AskTown("a"), AskTown("b")),
        ends = Gives(listOf(Town("A", 1, emptyList(), null), Town("B", 2, emptyList(), "Ann"))),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C7.3",
        says = "one that fails in a gather closes the other",
        server = script("a" to hang(), "b" to status(400).holdUntil(2)),
        run = gather(AskTown("a"), AskTown("b")),
        ends = fails<InvalidRequestException>(),
        saw = saw(requests = 2, disconnects = 1, peak = 2),
    ),
    Row(
        id = "C8.1",
        says = "a round of tools, and then the answer as an object",
        server = script("Ulm?" to once, "Ulm?" to text(ULM).usage(2, 1)),
        run = AskAgentTown("Ulm?", mapOf("a" to Value("A"))),
        ends = Gives(Typed(ulm, Answer(ULM, listOf("a A"), 2, 10))),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C8.2",
        says = "a bad answer after tools is asked for again, and no tool is run again",
        server = script(
            "Ulm?" to once,
            "Ulm?" to text("On the Donau.").usage(2, 1),
            ANYTHING_ELSE to text(ULM).usage(2, 1),
        ),
        run = AskAgentTown("Ulm?", mapOf("a" to Value("A"))),
        ends = Gives(Typed(ulm, Answer(ULM, listOf("a A"), 3, 13), tries = 2)),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "C8.3",
        says = "cancelled from outside inside a tool before the object, it is interrupted and nothing more is sent",
        server = script("Ulm?" to once, "Ulm?" to text(ULM)),
        run = AskAgentTown("Ulm?", mapOf("a" to Tool(null))),
        steps = steps(until(TOOL_STARTED, 1), Step.Cancel, until(INTERRUPTED, 1)),
        ends = Cancelled,
        saw = saw(requests = 1),
    ),
    Row(
        id = "C8.4",
        says = "a round of tools, and then the answer as a list of objects",
        server = script("Ulm?" to once, "Ulm?" to text(TOWNS).usage(2, 1)),
        run = AskAgentTowns("Ulm?", mapOf("a" to Value("A"))),
        ends = Gives(Typed(listOf(ulm), Answer(TOWNS, listOf("a A"), 2, 10))),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C9.1",
        says = "a bad answer is asked for again",
        server = script("Ulm?" to text("It lies on the Donau."), ANYTHING_ELSE to text(ULM)),
        run = AskTown("Ulm?"),
        ends = Gives(ulm),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C9.2",
        says = "a property that is not of its type is a bad answer",
        server = script(
            "Ulm?" to text("""{"name":"Ulm","people":"many","rivers":[]}"""),
            ANYTHING_ELSE to text(ULM),
        ),
        run = AskTown("Ulm?"),
        ends = Gives(ulm),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C9.3",
        says = "three bad answers are a failure with the last one's text",
        server = script("Ulm?" to text("It lies on the Donau."), ANYTHING_ELSE to text("And on the Iller.")),
        run = AskTown("Ulm?"),
        ends = fails<StructuredOutputException>(saying = "after 3 attempts", partialText = "And on the Iller."),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
    Row(
        id = "C9.4",
        says = "an answer that the token limit has cut is not asked for again",
        server = script("Ulm?" to text("""{"name":"Ul""").finishReason("length")),
        run = AskTown("Ulm?"),
        ends = fails<StructuredOutputException>(saying = "maxTokens", partialText = """{"name":"Ul"""),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C9.5",
        says = "cancelled in the second try, its exchange is closed and no third is sent",
        server = script("Ulm?" to text("It lies on the Donau."), ANYTHING_ELSE to hang()),
        run = AskTown("Ulm?"),
        steps = steps(until(REQUESTS, 2), Step.Cancel, until(DISCONNECTS, 1)),
        ends = Cancelled,
        saw = saw(requests = 2, disconnects = 1),
        wires = Wire.entries,
    ),
)
