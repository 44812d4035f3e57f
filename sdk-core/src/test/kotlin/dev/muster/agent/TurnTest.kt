package dev.muster.agent

import dev.muster.MusterClient
import dev.muster.ScriptedProvider
import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.ToolScript.Companion.calls
import dev.muster.agent.ToolScript.Companion.free
import dev.muster.agent.ToolScript.Companion.says
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.error.ClientClosedException
import dev.muster.model.ChatModel
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.withContext
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

/** What an agent's call or a conversation's turn is to the clients whose models it asks. */
@OptIn(ExperimentalCoroutinesApi::class)
class TurnTest {
    private class Client(vararg answers: suspend () -> ChatResponse.Builder) {
        val script = ToolScript(*answers)
        val client: MusterClient = script.provider.client()
        val model: ChatModel = client.model("scripted::m")
    }

    @Test
    fun `C27 what runs when a graceful close begins goes on through all its rounds`() {
        val turns = mapOf<String, suspend (ChatAgent) -> String>(
            "call" to { it.ask("go") },
            "stream" to { (it.stream("go").toList().last() as AgentEvent.Finished).response.text },
            "conversation" to { it.conversation().ask("go") },
            "streamed turn" to { it.conversation().stream("go").text().toList().joinToString("") },
            "executor" to { AgentExecutor(it).execute("go") },
        )
        turns.forEach { (name, turn) ->
            onVirtualTime {
                val its = Client(calls(call("a", "slow")), calls(call("b", "slow")), says("done"))
                val agent = ChatAgent.builder(its.model).tool(slow()).build()
                val running = async { turn(agent) }
                delay(1.seconds)
                val closed = async { its.client.closeGracefully(1.hours) }
                runCurrent()
                assertTrue(its.client.isClosed)
                assertInstanceOf(ClientClosedException::class.java, runCatchingAll { turn(agent) }, name)
                assertInstanceOf(ClientClosedException::class.java, runCatchingAll { its.model.ask("new") }, name)
                assertEquals("done", running.await(), name)
                assertTrue(closed.await(), name)
                assertEquals(20_000, currentTime, name)
                assertEquals(3, its.script.requests.size, name)
            }
        }
    }

    @Test
    fun `C27 a typed answer that is asked for again is still the same call, and so is an agent that is a tool`() =
        onVirtualTime {
            val its = Client(
                calls(call("a", "expert", """{"prompt":"How many?"}""")),
                { says("42").invoke().also { delay(5.seconds) } },
                says("no number"),
                says("""{"n":42}"""),
            )
            val expert = ChatAgent.builder(its.model).build()
            val agent = ChatAgent.builder(its.model).tool(expert.asTool("expert", "Counts")).build()
            val running = async { agent.ask<Count>("go").n }
            delay(1.seconds)
            val closed = async { its.client.closeGracefully(1.hours) }
            assertEquals(42, running.await())
            assertTrue(closed.await())
            assertEquals(4, its.script.requests.size)
        }

    @Test
    fun `C27 after the grace a turn is cancelled in its tool`() = onVirtualTime {
        val its = Client(calls(call("a", "slow")), says("done"))
        val agent = ChatAgent.builder(its.model).tool(slow()).build()
        supervisorScope {
            val running = async { agent.ask("go") }
            delay(1.seconds)
            assertFalse(its.client.closeGracefully(5.seconds))
            assertInstanceOf(ClientClosedException::class.java, runCatchingAll { running.await() })
        }
        assertEquals(6_000, currentTime)
        assertEquals(1, its.script.requests.size)
    }

    @Test
    fun `C27 a turn that has ended keeps no client open, however it ended`() = onVirtualTime {
        val its = Client(calls(call("a", "slow")), says("done"), calls(call("b", "slow")))
        val agent = ChatAgent.builder(its.model).tool(slow()).build()
        assertEquals("done", agent.ask("go"))
        val cancelled = launch { agent.ask("go") }
        runCurrent()
        assertEquals(3, its.script.requests.size)
        cancelled.cancel()
        runCurrent()
        val before = currentTime
        assertTrue(its.client.closeGracefully(1.hours))
        assertEquals(before, currentTime)
    }

    @Test
    fun `C27 what a tool has left behind is no part of the turn once that has ended`() = onVirtualTime {
        val its = Client(calls(call("a", "leave")), says("done"), says("late"))
        val left = CompletableDeferred<Unit>()
        val scope: TestScope = this
        var late: Throwable? = null
        val leave = free("leave") {
            scope.launch(currentCoroutineContext().minusKey(Job)) {
                left.await()
                late = runCatchingAll { its.model.ask("late") }
            }
            "left"
        }
        val running = async { ChatAgent.builder(its.model).tools(leave).build().ask("go") }
        running.await()
        assertTrue(its.client.closeGracefully(1.hours))
        left.complete(Unit)
        runCurrent()
        assertInstanceOf(ClientClosedException::class.java, late)
    }

    @Test
    fun `A11 an agent's call that a model has left behind is a turn of its own once that model's has ended`() =
        onVirtualTime {
            val its = Client(says("done"), calls(call("a", "slow")), says("late"))
            val left = CompletableDeferred<Unit>()
            val scope: TestScope = this
            var late: Throwable? = null
            val leaving = object : ByHand(its.model) {
                override suspend fun chat(request: ChatRequest): ChatResponse {
                    scope.launch(currentCoroutineContext().minusKey(Job)) {
                        left.await()
                        late = runCatchingAll { ChatAgent.builder(its.model).tool(slow()).build().ask("late") }
                    }
                    return super.chat(request)
                }
            }
            assertEquals("done", ChatAgent.builder(leaving).build().ask("go"))
            left.complete(Unit)
            runCurrent()
            its.client.close()
            runCurrent()
            assertInstanceOf(ClientClosedException::class.java, late)
            assertEquals(0, currentTime)
        }

    @Test
    fun `A11 closing the client ends the tools of an agent whose model the user has put something around`() {
        val decorators = mapOf<String, (ChatModel) -> ChatModel>(
            "by" to { object : ChatModel by it {} },
            "by hand" to ::ByHand,
            "twice" to { ByHand(ByHand(it)) },
        )
        decorators.forEach { (name, decorate) ->
            listOf<suspend (ChatAgent) -> Any>({ it.ask("go") }, { it.stream("go").toList() }).forEach { turn ->
                onVirtualTime {
                    val its = Client(calls(call("a", "stuck")), says("done"))
                    var ended: Throwable? = null
                    val stuck = free("stuck") {
                        runCatchingAll { awaitCancellation() }.also { e -> ended = e }.let { e -> throw e }
                    }
                    val agent = ChatAgent.builder(decorate(its.model)).tool(stuck).build()
                    supervisorScope {
                        val running = async { turn(agent) }
                        runCurrent()
                        its.client.close()
                        runCurrent()
                        assertNotNull(ended, name)
                        assertInstanceOf(ClientClosedException::class.java, runCatchingAll { running.await() }, name)
                    }
                    assertEquals(1, its.script.requests.size)
                }
            }
        }
    }

    @Test
    fun `C27 the rounds of an agent whose model the user has put something around are let through`() = onVirtualTime {
        val its = Client(calls(call("a", "slow")), says("done"))
        val agent = ChatAgent.builder(ByHand(its.model)).tool(slow()).build()
        val running = async { agent.ask("go") }
        delay(1.seconds)
        val closed = async { its.client.closeGracefully(1.hours) }
        assertEquals("done", running.await())
        assertTrue(closed.await())
    }

    @Test
    fun `A11 a client that only a tool asks is none of the turn's`() = onVirtualTime {
        val its = Client(calls(call("a", "other")), calls(call("b", "slow")), says("done"))
        val other = Client(says("from the other"))
        val asking = free("other") {
            other.model.ask("Hi").also {
                other.client.close()
                delay(1.seconds)
            }
        }
        val answer = ChatAgent.builder(its.model).tools(asking, slow()).build().chat("go")
        assertEquals("done", answer.text)
        assertEquals(listOf("from the other", "slept"), answer.toolRuns.map { it.result })
    }

    @Test
    fun `A11 a turn that asks two clients ends with either`() {
        listOf<(Client, Client) -> Client>({ a, _ -> a }, { _, b -> b }).forEach { which ->
            onVirtualTime {
                val first = Client(says("fine"))
                val second = Client(calls(call("a", "slow")), says("done"))
                val agent = ChatAgent.builder(Both(first.model, second.model)).tool(slow()).build()
                supervisorScope {
                    val running = async { agent.ask("go") }
                    delay(1.seconds)
                    which(first, second).client.close()
                    assertInstanceOf(ClientClosedException::class.java, runCatchingAll { running.await() })
                }
                assertEquals(1_000, currentTime)
            }
        }
    }

    @Test
    fun `C27 several models that ask at once in one turn join it once`() = onVirtualTime {
        val provider = ScriptedProvider(onChat = { ChatResponse.builder().text("ok").also { delay(1.seconds) } })
        val client = provider.client()
        val model = client.model("scripted::m")
        val agent = ChatAgent.builder(Together(model)).build()
        assertEquals("ok", agent.ask("go"))
        assertTrue(client.closeGracefully(1.hours))
        assertEquals(1_000, currentTime)
    }

    @Serializable
    class Count(val n: Int)

    private fun slow() = free("slow") {
        delay(10.seconds)
        "slept"
    }

    /** As one writes it who has never heard of turns. */
    private open class ByHand(private val model: ChatModel) : ChatModel {
        override val id: ModelId get() = model.id

        override suspend fun chat(request: ChatRequest): ChatResponse =
            withContext(CoroutineName("by hand")) { model.chat(request) }

        override fun stream(request: ChatRequest): Flow<ChatEvent> =
            model.stream(request).flowOn(CoroutineName("by hand"))
    }

    /** Asks one model whether it may ask the other. */
    private class Both(private val guard: ChatModel, private val model: ChatModel) : ByHand(model) {
        override suspend fun chat(request: ChatRequest): ChatResponse {
            guard.chat("May I?")
            return model.chat(request)
        }
    }

    private class Together(private val model: ChatModel) : ByHand(model) {
        override suspend fun chat(request: ChatRequest): ChatResponse = supervisorScope {
            val two = List(2) { async { model.chat(request) } }
            two.map { it.await() }.first()
        }
    }
}
