package dev.muster.java.parity.rows

import dev.muster.agent.ToolExecution
import dev.muster.error.ProviderException
import dev.muster.error.ToolLoopLimitException
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.fake.FakeReply.Companion.toolCall
import dev.muster.fake.FakeReply.Companion.toolCalls
import dev.muster.fake.FakeToolCall
import dev.muster.java.parity.ANYTHING_ELSE
import dev.muster.java.parity.AgentSteps
import dev.muster.java.parity.Answer
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Broken
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.INTERRUPTED
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Event.TAKEN
import dev.muster.java.parity.Event.TOOL_STARTED
import dev.muster.java.parity.First
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Row
import dev.muster.java.parity.SHORT
import dev.muster.java.parity.Step
import dev.muster.java.parity.Tool
import dev.muster.java.parity.Typed
import dev.muster.java.parity.Value
import dev.muster.java.parity.Wire
import dev.muster.java.parity.agent
import dev.muster.java.parity.fails
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until
import java.time.Duration.ofMillis

private val done = text("done").usage(2, 1)

private val ab = toolCalls(FakeToolCall("c1", "a", "{}"), FakeToolCall("c2", "b", "{}")).usage(4, 3)

private val once = toolCall("c1", "a", "{}").usage(4, 3)

private fun wrong(name: String, result: String) = Gives(Answer("done", listOf("!$name $result"), 2, 10))

/** C1 to C6, C20, A17: agents with tools. */
internal val toolRows = listOf(
    Row(
        id = "C1.1",
        says = "a call is run, its result goes back, the model answers",
        server = script("go" to once, "go" to done),
        run = agent("go", "a" to Value("A")),
        ends = Gives(Answer("done", listOf("a A"), 2, 10)),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C1.2",
        says = "cancelled from outside inside a tool, it is interrupted and nothing more is sent",
        server = script("go" to once, "go" to done),
        run = agent("go", "a" to Tool(null)),
        steps = steps(until(TOOL_STARTED, 1), Step.Cancel, until(INTERRUPTED, 1)),
        ends = Cancelled,
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C1.3",
        says = "cancelled from outside while a tool has a call of its own, that is closed",
        server = script("go" to once, "go" to done, "inner" to hang()),
        run = agent("go", "a" to Ask("inner")),
        steps = steps(until(REQUESTS, 2), Step.Cancel, until(DISCONNECTS, 1)),
        ends = Cancelled,
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "C1.4",
        says = "a later round that fails is the call's failure",
        server = script("go" to once, "go" to status(500)),
        run = agent("go", "a" to Value("A")),
        ends = fails<ProviderException>(status = 500),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C2.1",
        says = "tools of one round run at the same time, their results keep the model's order",
        server = script("go" to ab, "go" to done, "A?" to text("A").holdUntil(3), "B?" to text("B").holdUntil(3)),
        run = agent("go", "b" to Ask("B?"), "a" to Ask("A?")),
        ends = Gives(Answer("done", listOf("a A", "b B"), 2, 10)),
        saw = saw(requests = 4, peak = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C2.2",
        says = "one by one where that is asked for",
        server = script("go" to ab, "go" to done, "A?" to text("A").delay(ofMillis(100)), "B?" to text("B")),
        run = agent("go", "b" to Ask("B?"), "a" to Ask("A?"), execution = ToolExecution.SEQUENTIAL),
        ends = Gives(Answer("done", listOf("a A", "b B"), 2, 10)),
        saw = saw(requests = 4, peak = 1, prompts = listOf("go", "A?", "B?", "go")),
    ),
    Row(
        id = "C3.1",
        says = "a tool that fails is a result that says so",
        server = script("go" to once, "go" to done),
        run = agent("go", "a" to Broken("out of ink")),
        ends = wrong("a", "The tool failed: out of ink"),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "C3.2",
        says = "a tool that does not exist is a result that says so",
        server = script("go" to once, "go" to done),
        run = agent("go", "b" to Value("B")),
        ends = wrong("a", "There is no tool named a. The tools are: b"),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C3.3",
        says = "arguments that the schema does not allow are a result that says so",
        server = script("go" to toolCall("c1", "a", """{"n":"x"}""").usage(4, 3), "go" to done),
        run = agent("go", "a" to Value("A")),
        ends = wrong("a", "The arguments are not valid: n must be integer or null, not string"),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C3.4",
        says = "a tool whose time is up is interrupted, and a result says so",
        server = script("go" to once, "go" to done),
        run = agent("go", "a" to Tool(null), toolTimeoutMillis = SHORT),
        steps = steps(until(TOOL_STARTED, 1), Step.Pass, until(INTERRUPTED, 1)),
        ends = wrong("a", "The tool failed: The tool timed out after 1000 ms"),
        saw = saw(requests = 2),
    ),
    Row(
        id = "C4.1",
        says = "tools that are only offered are not run, their calls come back",
        server = script("go" to ab),
        run = agent("go", "a" to Value("A"), "b" to Value("B"), execution = ToolExecution.MANUAL),
        ends = Gives(Answer("", rounds = 1, tokens = 7, calls = listOf("a", "b"))),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "C5.1",
        says = "a model that never stops calling meets the limit",
        server = script("go" to once),
        run = agent("go", "a" to Value("A"), maxRounds = 2),
        ends = fails<ToolLoopLimitException>(saying = "more than 2 rounds"),
        saw = saw(requests = 3),
    ),
    Row(
        id = "C6.1",
        says = "the history tells of all rounds",
        server = script("go" to once, "go" to ab, "go" to done),
        run = agent("go", "a" to Value("A"), "b" to Broken("no")),
        ends = Gives(Answer("done", listOf("a A", "a A", "b The tool failed: no").map(::marked), 3, 17)),
        saw = saw(requests = 3),
    ),
    Row(
        id = "A17.1",
        says = "text flows before and behind a round of tools, which is told between",
        server = script("go" to text("One").withToolCalls(FakeToolCall("c1", "a", "{}")).usage(4, 3), "go" to done),
        run = AgentSteps("go", mapOf("a" to Value("A"))),
        ends = Gives(listOf("One", "+a", "-a", "done", Answer("done", listOf("a A"), 2, 10))),
        saw = saw(requests = 2),
        taken = listOf("One", "+a", "-a", "done", Answer("done", listOf("a A"), 2, 10)),
        wires = Wire.entries,
    ),
    Row(
        id = "A17.2",
        says = "who leaves while the second round flows closes it",
        server = script("go" to once, "go" to tokens("one ", "two").gate(2, "never")),
        run = First(3, AgentSteps("go", mapOf("a" to Value("A")))),
        steps = steps(until(DISCONNECTS, 1)),
        ends = Gives(listOf("+a", "-a", "one ")),
        saw = saw(requests = 2, disconnects = 1),
    ),
    Row(
        id = "A17.3",
        says = "cancelled from outside inside a tool of a stream, it is interrupted",
        server = script("go" to once, "go" to done),
        run = AgentSteps("go", mapOf("a" to Tool(null))),
        steps = steps(until(TOOL_STARTED, 1), until(TAKEN, 1), Step.Cancel, until(INTERRUPTED, 1)),
        ends = Cancelled,
        saw = saw(requests = 1),
        taken = listOf("+a"),
    ),
    Row(
        id = "A17.4",
        says = "the last event behind a round of tools has the object",
        server = script("Ulm?" to once, "Ulm?" to text(ULM).usage(2, 1)),
        run = AgentSteps("Ulm?", mapOf("a" to Value("A")), typed = true),
        ends = Gives(listOf("+a", "-a", ULM, Typed(ulm, Answer(ULM, listOf("a A"), 2, 10)))),
        saw = saw(requests = 2),
        wires = Wire.entries,
    ),
    Row(
        id = "A17.5",
        says = "a bad answer has flowed when the object is asked for again",
        server = script("Ulm?" to once, "Ulm?" to text("Donau").usage(2, 1), ANYTHING_ELSE to text(ULM).usage(2, 1)),
        run = AgentSteps("Ulm?", mapOf("a" to Value("A")), typed = true),
        ends = Gives(listOf("+a", "-a", "Donau", ULM, Typed(ulm, Answer(ULM, listOf("a A"), 3, 13), tries = 2))),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
)

private fun marked(run: String) = if ("failed" in run) "!$run" else run
