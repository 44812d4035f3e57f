package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.fails
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gather
import dev.muster.concurrent.interruptible
import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.withContext
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.Executors
import kotlin.time.Duration.Companion.seconds

@OptIn(ExperimentalCoroutinesApi::class)
class ChatConversationTest {
    @Test
    fun `A12 the second turn holds the first`() = onVirtualTime {
        val script = ToolScript(says("Hello Ada."), says("Ada."))
        val conversation = script.agent { systemPrompt("Be brief.") }.conversation()
        assertEquals("Hello Ada.", conversation.ask("I am Ada."))
        assertEquals("Ada.", conversation.ask("Who am I?"))
        val first = listOf(Message.user("I am Ada."), Message.assistant("Hello Ada."))
        assertEquals(
            listOf(Message.system("Be brief.")) + first + Message.user("Who am I?"),
            script.requests[1].messages,
        )
        assertEquals(first + Message.user("Who am I?") + Message.assistant("Ada."), conversation.history)
    }

    @Test
    fun `A12 a turn with tools puts all of its messages into the history`() = onVirtualTime {
        val asked = calls(call("c1", "weather"), text = "Let me see.")
        val script = ToolScript(asked, says("Sunny."), says("Bye."))
        val conversation = script.agent { tool(free("weather") { "sun" }) }.conversation()
        conversation.ask("Weather?")
        conversation.ask("Thanks.")
        val turn = listOf(
            Message.user("Weather?"),
            asked().build().toMessage(),
            Message.tool("c1", "sun"),
            Message.assistant("Sunny."),
        )
        assertEquals(turn + Message.user("Thanks."), script.requests[2].messages)
    }

    @Test
    fun `A12 fork copies the history and reset forgets it`() = onVirtualTime {
        val script = ToolScript(says("1"), says("2"), says("3"), says("4"))
        val conversation = script.agent().conversation(listOf(Message.user("old"), Message.assistant("older")))
        conversation.ask("a")
        val fork = conversation.fork()
        fork.ask("b")
        assertEquals(listOf("old", "older", "a", "1"), conversation.history.map { it.text })
        assertEquals(listOf("old", "older", "a", "1", "b", "2"), fork.history.map { it.text })
        conversation.reset()
        assertEquals(emptyList<Message>(), conversation.history)
        conversation.ask("c")
        assertEquals(listOf(Message.user("c")), script.requests.last().messages)
        assertEquals(6, fork.history.size)
    }

    @Test
    fun `A12 a turn that a reset has overtaken is forgotten, and the next begins with nothing`() = onVirtualTime {
        val script = ToolScript(slow("late"), says("2"))
        val conversation = script.agent().conversation(listOf(Message.user("old")))
        val turns = listOf(async { conversation.ask("a") }, async { conversation.ask("b") })
        runCurrent()
        conversation.reset()
        assertEquals(listOf("late", "2"), turns.awaitAll())
        assertEquals(listOf("b", "2"), conversation.history.map { it.text })
        assertEquals(listOf(Message.user("b")), script.requests.last().messages)
    }

    @Test
    fun `A12 images, typed answers and an agent's own tools go into the history`() = onVirtualTime {
        val asked = calls(call("c1", "mine"))
        val script = ToolScript(says("A cat."), says("""{"legs":4}"""), asked, says("Done."))
        val conversation = script.agent { toolDefinition(free("mine") { "" }.definition) }.conversation()
        val shown = Message.user(ContentPart.Text("What?"), ContentPart.Image.of(byteArrayOf(1, 2), "image/png"))
        conversation.ask(shown)
        assertEquals(Legs(4), conversation.returning<Legs>().ask("How many legs?"))
        assertEquals(listOf("mine"), conversation.chat("Go.").response.toolCalls.map { it.name })
        conversation.chat(listOf(Message.tool("c1", "ran")))
        val prompts = listOf(shown, Message.user("How many legs?"), Message.user("Go."), Message.tool("c1", "ran"))
        val answers =
            listOf("A cat.", """{"legs":4}""").map(Message::assistant) + asked().build().toMessage() +
                Message.assistant("Done.")
        assertEquals(prompts.zip(answers).flatMap { it.toList() }, conversation.history)
        assertEquals(conversation.history.dropLast(1), script.requests.last().messages)
    }

    @Test
    fun `A12 calls that were cut are not in the history, for nothing will answer them`() = onVirtualTime {
        val cut = calls(call("c1", "weather", "{\"ci"), text = "Let me")
        val script = ToolScript({ cut().finish(FinishReason.LENGTH, null) }, says("ok"))
        val conversation = script.agent { tool(free("weather") { "sun" }) }.conversation()
        conversation.ask("Weather?")
        assertEquals(listOf(Message.user("Weather?"), Message.assistant("Let me")), conversation.history)
    }

    @Test
    fun `A13 a failed turn leaves the history as it was`() = onVirtualTime {
        val script = ToolScript(fails(ProviderException("overloaded")), says("hi"))
        val conversation = script.agent().conversation()
        assertThrows<ProviderException> { conversation.ask("lost") }
        assertEquals(emptyList<Message>(), conversation.history)
        conversation.ask("found")
        assertEquals(listOf(Message.user("found")), script.requests.last().messages)
    }

    @Test
    fun `A13 a turn that fails, is cancelled or timed out after its tools leaves nothing`() = onVirtualTime {
        val asked = calls(call("c1", "t"))
        val script = ToolScript(asked, fails(ProviderException("no")), asked, slow("x"), says("ok"))
        val conversation = script.agent { tool(free("t") { "1" }) }.conversation(listOf(Message.user("old")))
        assertThrows<ProviderException> { conversation.ask("a") }
        assertThrows<LlmTimeoutException> { deadline(1.seconds) { conversation.ask("b") } }
        assertEquals(listOf("old"), conversation.history.map { it.text })
        conversation.ask("c")
        assertEquals(listOf("old", "c"), script.requests.last().messages.map { it.text })
    }

    @Test
    fun `A13 overlapping turns queue in the order they were asked`() = onVirtualTime {
        val script = ToolScript(slow("1"), slow("2"), slow("3"))
        val conversation = script.agent().conversation()
        val answers = gather(listOf("a", "b", "c")) { conversation.ask(it) }
        assertEquals(listOf("1", "2", "3"), answers)
        assertEquals(listOf("a", "1", "b", "2", "c", "3"), conversation.history.map { it.text })
        assertEquals(listOf(1, 3, 5), script.requests.map { it.messages.size })
        assertEquals(30_000, currentTime)
    }

    @Test
    fun `A13 a waiting turn that is cancelled leaves without trace`() = onVirtualTime {
        val script = ToolScript(slow("1"), slow("2"))
        val conversation = script.agent().conversation()
        val first = async { conversation.ask("a") }
        val waiting = launch { conversation.ask("b") }
        val last = async { conversation.ask("c") }
        runCurrent()
        waiting.cancelAndJoin()
        assertEquals(listOf("1", "2"), listOf(first, last).awaitAll())
        assertEquals(listOf("a", "1", "c", "2"), conversation.history.map { it.text })
        assertEquals(2, script.requests.size)
    }

    @Test
    fun `A13 a cancelled turn lets the next one in at once`() = onVirtualTime {
        val script = ToolScript({ awaitCancellation() }, says("2"))
        val conversation = script.agent().conversation()
        val stuck = launch { conversation.ask("a") }
        val next = async { conversation.ask("b") }
        runCurrent()
        stuck.cancelAndJoin()
        assertEquals("2", next.await())
        assertEquals(listOf(Message.user("b")), script.requests.last().messages)
    }

    @Test
    fun `A13 a streamed turn is in the history when it has finished, and not where it was left early`() =
        onVirtualTime {
            val script = ToolScript(says("one two"), says("three four"), says("five"))
            val conversation = script.agent().conversation()
            conversation.stream("a").first { it is AgentEvent.TextDelta }
            assertEquals(emptyList<Message>(), conversation.history)
            val events = conversation.stream("b").toList()
            assertTrue(events.last() is AgentEvent.Finished)
            assertEquals(listOf("b", "three four"), conversation.history.map { it.text })
            conversation.ask("c")
            assertEquals(listOf("b", "three four", "c"), script.requests.last().messages.map { it.text })
        }

    @Test
    fun `A13 a turn waits for the stream before it`() = onVirtualTime {
        val script = ToolScript(says("1"), says("2"))
        val conversation = script.agent().conversation()
        val leave = CompletableDeferred<Unit>()
        val streaming = launch { conversation.stream("a").collect { leave.await() } }
        val next = async { conversation.ask("b") }
        runCurrent()
        assertEquals(1, script.requests.size)
        leave.complete(Unit)
        streaming.join()
        assertEquals("2", next.await())
        assertEquals(3, script.requests.last().messages.size)
    }

    @Test
    fun `A13 a turn within a tool of the same conversation fails where it would wait for itself`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "again")), says("ok"), calls(call("c2", "again")), says("ok"))
        lateinit var conversation: ChatConversation
        conversation = script.agent { tool(free("again") { conversation.ask("me") }) }.conversation()
        val run = conversation.chat("a").toolRuns.single()
        assertTrue(run.isError && "would deadlock" in run.result, run.result)
        val events = conversation.stream("b").toList()
        val streamed = (events.last() as AgentEvent.Finished).response.toolRuns.single()
        assertTrue(streamed.isError && "would deadlock" in streamed.result, streamed.result)
    }

    @Test
    @Timeout(180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    fun `A13 a blocking tool that asks for a turn of the same conversation fails at once`() {
        val pool = Executors.newSingleThreadExecutor()
        val blocking = listOf<suspend (suspend () -> String) -> String>(
            { ask -> runBlocking { ask() } },
            { ask -> interruptible(pool) { runBlocking { ask() } } },
            { ask -> withContext(Dispatchers.IO) { runBlocking { ask() } } },
        )
        blocking.forEach { block ->
            onVirtualTime {
                val script = ToolScript(calls(call("c1", "again")), says("ok"), says("after"))
                lateinit var conversation: ChatConversation
                conversation = script.agent {
                    tool(free("again") { block { conversation.ask("me") } })
                }.conversation()
                val run = conversation.chat("a").toolRuns.single()
                assertTrue(run.isError && "would deadlock" in run.result, run.result)
                assertEquals("after", runBlocking { conversation.ask("b") })
            }
        }
        pool.shutdown()
    }

    @Test
    fun `A13 a turn that a tool has asked for is not refused once its own has ended`() = onVirtualTime {
        val script = ToolScript(calls(call("c1", "later")), says("ok"), says("later"))
        val begin = CompletableDeferred<Unit>()
        lateinit var conversation: ChatConversation
        lateinit var later: Deferred<String>
        val scope: CoroutineScope = this
        conversation = script.agent {
            tool(
                free("later") {
                    val context = currentCoroutineContext().minusKey(Job)
                    later = scope.async(context) { begin.await().let { conversation.ask("b") } }
                    "planned"
                },
            )
        }.conversation()
        assertEquals("ok", conversation.ask("a"))
        begin.complete(Unit)
        assertEquals("later", later.await())
    }

    @Test
    fun `A14 calls of an agent share nothing`() = onVirtualTime {
        val script = ToolScript(slow("x"))
        val agent = script.agent()
        gather((1..5).toList()) { agent.ask("question $it") }
        assertEquals((1..5).map { listOf(Message.user("question $it")) }, script.requests.map { it.messages })
        assertEquals(10_000, currentTime)
    }

    @Test
    fun `A13 a turn of no messages is refused`() = onVirtualTime {
        val conversation = ToolScript(says("x")).agent().conversation()
        assertThrows<IllegalArgumentException> { conversation.chat(emptyList()) }
        assertThrows<IllegalArgumentException> { conversation.stream(emptyList<Message>()) }
    }

    @Serializable
    private data class Legs(val legs: Int)

    private fun ToolScript.agent(set: ChatAgent.Builder.() -> Unit = {}): ChatAgent =
        ChatAgent.builder(model).apply(set).build()

    private fun slow(text: String): suspend () -> ChatResponse.Builder = {
        delay(10.seconds)
        ChatResponse.builder().text(text)
    }
}
