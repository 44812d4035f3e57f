package dev.muster.test

import dev.muster.MusterClient
import dev.muster.agent.ChatAgent
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.FinishReason
import dev.muster.chat.text
import dev.muster.concurrent.OperatorClock
import dev.muster.concurrent.gather
import dev.muster.error.LlmTimeoutException
import dev.muster.error.RateLimitedException
import dev.muster.error.StreamTruncatedException
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration
import java.util.concurrent.CyclicBarrier
import java.util.concurrent.TimeUnit

@OptIn(ExperimentalCoroutinesApi::class)
class ScriptedModelTest {
    private val model = ScriptedModel.create("test::m")

    /** Runs on one virtual clock for delays and elapsed times. */
    private fun onVirtualTime(block: suspend TestScope.() -> Unit) = runTest {
        withContext(OperatorClock(testScheduler.timeSource)) { block() }
    }

    @Test
    fun `C32 a scripted model answers in order and remembers what it was asked`() = runTest {
        model.reply("one").reply(ScriptedReply.text("two").usage(3, 4))
        val agent = ChatAgent.builder(model).systemPrompt("Be brief.").build()
        assertEquals("one", agent.ask("first"))
        val second = agent.chat("second")
        assertEquals("two", second.text)
        assertEquals(7, second.usage?.totalTokens)
        assertEquals(listOf("first", "second"), model.prompts)
        assertEquals("Be brief.", model.requests.first().messages.first().text)
        model.verify()
    }

    @Test
    fun `the newest rule that is for a request wins, then comes the order, then the rest`() = runTest {
        model.reply("in order").otherwise(ScriptedReply.text("the rest"))
        model.onPromptContaining("joke", ScriptedReply.text("old joke"))
        model.on({ "joke" in it.messages.last().text }) { ScriptedReply.text("joke for ${it.messages.last().text}") }
        assertEquals("joke for a joke", model.ask("a joke"))
        assertEquals("in order", model.ask("x"))
        assertEquals("the rest", model.ask("x"))
        assertEquals("the rest", model.ask("x"))
    }

    @Test
    fun `a request that nothing is for fails the test, and so does a reply that is left`() = runTest {
        val failure = assertThrows<AssertionError> { model.ask("hello") }
        assertEquals("test::m has no reply for request 1: 'hello'", failure.message)
        model.reply("never asked for")
        assertTrue("1 replies were not used" in assertThrows<AssertionError> { model.verify() }.message!!)
    }

    @Test
    fun `a request that nothing is for is remembered, for a program that swallows it`() = runTest {
        runCatching { model.ask("hello") }
        val failure = assertThrows<AssertionError> { model.verify() }
        assertEquals("test::m has no reply for request 1: 'hello'", failure.message)
        assertEquals(0, model.inFlight)
        assertEquals(0, model.cancelled)
    }

    @Test
    fun `scripts may wait for one another`() = runBlocking(Dispatchers.Default) {
        val both = CyclicBarrier(2)
        model.otherwise { request ->
            both.await(60, TimeUnit.SECONDS)
            ScriptedReply.text(request.messages.last().text)
        }
        assertEquals(listOf("a", "b"), gather(listOf("a", "b")) { model.ask(it) })
    }

    @Test
    fun `an answer that is whole was not left, and one whose reader failed was`() = runTest {
        model.otherwise(ScriptedReply.text("one two"))
        model.stream("x").first { it is ChatEvent.Finished }
        assertEquals(0, model.cancelled)
        val failure = IllegalStateException("the reader's own")
        assertSame(failure, assertThrows<IllegalStateException> { model.stream("x").collect { throw failure } })
        assertEquals(1, model.cancelled)
        assertThrows<RateLimitedException> { model.stream("x").collect { throw RateLimitedException("its own") } }
        assertEquals(2, model.cancelled)
        model.otherwise(ScriptedReply.failure(StreamTruncatedException("cut")))
        assertThrows<StreamTruncatedException> { model.ask("x") }
        assertEquals(2, model.cancelled)
    }

    @Test
    fun `C32 failures and tool calls come as scripted`() = runTest {
        val failure = RateLimitedException("too many")
        model.reply(ScriptedReply.failure(failure), ScriptedReply.toolCall("1", "weather", """{"city":"Oslo"}"""))
        assertSame(failure, assertThrows<RateLimitedException> { model.ask("x") })
        val answer = model.chat(ChatRequest.of("x"))
        assertEquals(FinishReason.TOOL_CALLS, answer.finishReason)
        assertEquals("""{"city":"Oslo"}""", answer.toolCalls.single().arguments)
    }

    @Test
    fun `C32 the client's retries and timeouts hold for a scripted model, in virtual time`() = onVirtualTime {
        model.reply(ScriptedReply.failure(RateLimitedException("too many")))
        model.reply(ScriptedReply.text("late").delay(Duration.ofSeconds(20)))
        model.reply(ScriptedReply.hang())
        val client = MusterClient {
            model(model)
            timeouts(Timeouts.builder().total(Duration.ofSeconds(30)).build())
        }
        client.use {
            assertEquals("late", it.model("test::m").ask("x"))
            assertTrue(currentTime in 20_000..20_500, "$currentTime")
            assertThrows<LlmTimeoutException> { it.model("test::m").ask("x") }
            assertTrue(currentTime in 50_000..50_500, "$currentTime")
        }
        assertEquals(1, model.cancelled)
        assertEquals(3, model.requests.size)
    }

    @Test
    fun `a stream comes in pieces with waits between them, and may break`() = onVirtualTime {
        val cut = StreamTruncatedException("cut")
        model.reply(ScriptedReply.pieces("a", "b", "c").pieceDelay(Duration.ofSeconds(1)))
        model.reply(ScriptedReply.pieces("a", "b").thenFailure(cut))
        val at = ArrayList<Long>()
        assertEquals(listOf("a", "b", "c"), model.stream("x").text().onEach { at += currentTime }.toList())
        assertEquals(listOf(0L, 1000L, 2000L), at)
        val seen = ArrayList<String>()
        assertSame(cut, assertThrows<StreamTruncatedException> { model.stream("x").text().toList(seen) })
        assertEquals(listOf("a", "b"), seen)
        model.reply(ScriptedReply.text("one two three"))
        assertEquals("one", model.stream("x").text().first())
        assertEquals(1, model.cancelled)
    }

    @Test
    fun `it counts what runs at the same time`() = onVirtualTime {
        model.otherwise(ScriptedReply.text("ok").delay(Duration.ofSeconds(1)))
        gather(List(5) { "$it" }) { model.ask(it) }
        assertEquals(1000, currentTime)
        model.ask("one more")
        assertEquals(5, model.peakInFlight)
        assertEquals(0, model.inFlight)
    }
}
