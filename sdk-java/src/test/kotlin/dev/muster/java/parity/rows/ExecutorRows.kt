package dev.muster.java.parity.rows

import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.toolCall
import dev.muster.java.parity.Answer
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Execute
import dev.muster.java.parity.Expert
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Kind.AGENT
import dev.muster.java.parity.Kind.MODEL
import dev.muster.java.parity.Kind.NOBODY
import dev.muster.java.parity.Row
import dev.muster.java.parity.Step
import dev.muster.java.parity.agent
import dev.muster.java.parity.gather
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

private val expertise = toolCall("c1", "a", """{"prompt":"inner"}""").usage(4, 3)

/** C14, C20: executors, and an agent as a tool of another agent, whose usage is counted. */
internal val executorRows = listOf(
    Row(
        id = "C14.1",
        says = "each kind of executor gives the text, in an operator, in its order",
        server = script("hi" to text("ok"), "go" to toolCall("c1", "a", "{}"), "go" to text("done")),
        run = gather(Execute(MODEL, "hi"), Execute(AGENT, "go"), Execute(NOBODY, "me")),
        ends = Gives(listOf("ok", "done", "ME")),
        saw = saw(requests = 3),
    ),
    Row(
        id = "C14.2",
        says = "cancelled from outside, what an executor has sent is closed",
        server = script("hi" to hang()),
        run = Execute(MODEL, "hi"),
        steps = steps(until(REQUESTS, 1), Step.Cancel, until(DISCONNECTS, 1)),
        ends = Cancelled,
        saw = saw(requests = 1, disconnects = 1),
    ),
    Row(
        id = "C20.1",
        says = "what an agent uses that is a tool counts",
        server = script("go" to expertise, "inner" to text("I").usage(6, 5), "go" to text("done").usage(2, 1)),
        run = agent("go", "a" to Expert),
        ends = Gives(Answer("done", listOf("a I"), 2, 21)),
        saw = saw(requests = 3),
    ),
)
