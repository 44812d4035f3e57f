@file:OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster.internal

import dev.muster.ScriptedProvider
import dev.muster.agent.ask
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.Usage
import dev.muster.chat.text
import dev.muster.chat.usageOf
import dev.muster.concurrent.OperatorClock
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gather
import dev.muster.concurrent.race
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.NetworkException
import dev.muster.error.ProviderException
import dev.muster.error.StreamTruncatedException
import dev.muster.error.TimeoutKind
import dev.muster.model.ChatModel
import dev.muster.provider.StreamSink
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.runCatchingAll
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.MethodSource
import java.time.Duration.ofMillis
import java.time.Duration.ofSeconds
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

class ClientChatModelTest {
    private fun chatting(
        timeouts: Timeouts = Timeouts.DEFAULT,
        onChat: suspend (ChatRequest) -> ChatResponse.Builder,
    ): Pair<ChatModel, ScriptedProvider> {
        val provider = ScriptedProvider(onChat = onChat)
        return provider.client { timeouts(timeouts).retry(RetryPolicy.NONE) }.model("scripted::m") to provider
    }

    private fun streaming(
        timeouts: Timeouts = Timeouts.DEFAULT,
        onStream: suspend (StreamSink) -> Unit,
    ): Pair<ChatModel, ScriptedProvider> {
        val provider = ScriptedProvider(onStream = { _, sink -> onStream(sink) })
        return provider.client { timeouts(timeouts).retry(RetryPolicy.NONE) }.model("scripted::m") to provider
    }

    private fun onVirtualTime(block: suspend TestScope.() -> Unit) =
        runTest { withContext(OperatorClock(testScheduler.timeSource)) { block() } }

    @ParameterizedTest
    @MethodSource("unsendable")
    fun `a request that no provider takes is refused before anything is sent`(request: ChatRequest) = runTest {
        val (model, provider) = chatting { ChatResponse.builder() }
        listOf<suspend () -> Any>({ model.chat(request) }, { model.stream(request).toList() }).forEach {
            val e = assertInstanceOf(InvalidRequestException::class.java, runCatchingAll { it() })
            assertEquals("scripted", e.provider)
        }
        assertEquals(0, provider.requests.size)
    }

    @Test
    fun `the answer says who gave it and how long it took`() = onVirtualTime {
        val (model, _) =
            chatting {
                delay(250)
                ChatResponse.builder().text("4")
            }
        val answer = model.chat(ChatRequest.of("2+2?"))
        assertEquals(listOf("4", "scripted", "m"), listOf(answer.text, answer.provider, answer.model))
        assertEquals(ofMillis(250), answer.latency)
    }

    @Test
    fun `B12 a reply slower than the attempt timeout is cut off and the limit named`() = onVirtualTime {
        val (model, provider) =
            chatting(Timeouts.builder().attempt(ofSeconds(1)).build()) {
                delay(2000)
                ChatResponse.builder().text("late")
            }
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { model.ask("Hi") })
        assertEquals(listOf(TimeoutKind.ATTEMPT, ofSeconds(1), "m"), listOf(e.kind, e.limit, e.model))
        assertEquals(1000, currentTime)
        assertEquals(1, provider.cancelled)
    }

    @Test
    fun `B12 the total timeout wins over a longer attempt and a longer limit lets the reply through`() = onVirtualTime {
        val slow: suspend (ChatRequest) -> ChatResponse.Builder = {
            delay(2000)
            ChatResponse.builder().text("late")
        }
        val (short, _) = chatting(Timeouts.builder().total(ofSeconds(1)).build(), slow)
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { short.ask("Hi") })
        assertEquals(TimeoutKind.TOTAL, e.kind)
        val (long, _) = chatting(Timeouts.builder().total(ofSeconds(3)).build(), slow)
        assertEquals("late", long.ask("Hi"))
    }

    @Test
    fun `B12 a limit that passes before the provider has waited is told, and what that threw with it`() =
        onVirtualTime {
            val limits = mapOf(
                TimeoutKind.ATTEMPT to Timeouts.builder().attempt(ofSeconds(1)).build(),
                TimeoutKind.TOTAL to Timeouts.builder().total(ofSeconds(1)).build(),
            )
            limits.forEach { (kind, limit) ->
                val failure = NetworkException("closed")
                val (model, _) = chatting(limit) {
                    testScheduler.advanceTimeBy(2000)
                    throw failure
                }
                val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { model.ask("Hi") })
                assertEquals(kind, e.kind)
                assertEquals(listOf(failure), e.suppressed.toList())
            }
        }

    @Test
    fun `B12 the first token's limit that passes before the provider has waited is told`() = onVirtualTime {
        val failure = NetworkException("closed")
        val (model, _) = streaming(Timeouts.builder().firstToken(ofSeconds(1)).build()) {
            testScheduler.advanceTimeBy(2000)
            throw failure
        }
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { model.stream("Hi").toList() })
        assertEquals(TimeoutKind.FIRST_TOKEN, e.kind)
    }

    @Test
    fun `somebody else's withTimeout passes unchanged`() = onVirtualTime {
        val (model, _) = chatting(Timeouts.builder().total(ofSeconds(5)).build()) { awaitCancellation() }
        val e = runCatchingAll { withTimeout(100) { model.ask("Hi") } }
        assertInstanceOf(TimeoutCancellationException::class.java, e)
    }

    @Test
    fun `B12 silence before the first token trips firstToken`() = onVirtualTime {
        val (model, provider) =
            streaming(Timeouts.builder().firstToken(ofSeconds(2)).build()) { awaitCancellation() }
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { model.stream("Hi").toList() })
        assertEquals(TimeoutKind.FIRST_TOKEN, e.kind)
        assertEquals(2000, currentTime)
        assertNull(e.partialText)
        assertEquals(1, provider.cancelled)
    }

    @Test
    fun `a break or silence after the finish is a whole answer`() = onVirtualTime {
        val limits = Timeouts.builder().firstToken(ofSeconds(1)).betweenTokens(ofSeconds(1)).build()
        val endings =
            mapOf<String, suspend () -> Unit>(
                "break" to { throw StreamTruncatedException("broke") },
                "silence" to { awaitCancellation() },
            )
        endings.forEach { (name, end) ->
            listOf("text", "").forEach { text ->
                val (model, provider) =
                    streaming(limits) { sink ->
                        sink.text(text)
                        sink.finish(FinishReason.STOP, "stop")
                        end()
                    }
                val answer = (model.stream("Hi").toList().last() as ChatEvent.Finished).response
                assertEquals(
                    listOf(text, FinishReason.STOP, null),
                    answer.run {
                        listOf(this.text, finishReason, usage)
                    },
                )
                assertEquals(1, provider.requests.size, name)
            }
        }
        assertEquals(2000, currentTime)
    }

    @Test
    fun `an error after the finish is not lost, nor what the collector throws`() = onVirtualTime {
        val (failing, _) =
            streaming { sink ->
                sink.text("text")
                sink.finish(FinishReason.STOP, "stop")
                throw ProviderException("after all")
            }
        val error = assertInstanceOf(ProviderException::class.java, runCatchingAll { failing.stream("Hi").toList() })
        assertEquals("text", error.partialText)
        val mine = StreamTruncatedException("of another stream")
        val (model, _) =
            streaming { sink ->
                sink.finish(FinishReason.STOP, "stop")
                sink.text("late")
            }
        assertSame(mine, runCatchingAll { model.stream("Hi").collect { throw mine } })
    }

    @Test
    fun `figures that no provider can mean are none`() = onVirtualTime {
        val absurd = usageOf(-1, 5, cachedInputTokens = Long.MAX_VALUE, reasoningTokens = 2, total = -7)
        val (whole, _) = chatting { ChatResponse.builder().text("x").usage(absurd) }
        val (streamed, _) =
            streaming { sink ->
                sink.usage(absurd)
                sink.finish(FinishReason.STOP, null)
            }
        val expected = usageOf(null, 5, reasoningTokens = 2)
        assertEquals(expected, whole.chat(ChatRequest.of("Hi")).usage)
        assertEquals(expected, (streamed.stream("Hi").toList().last() as ChatEvent.Finished).response.usage)
    }

    @Test
    fun `B12 a stalled stream trips betweenTokens with what had arrived`() = onVirtualTime {
        val limits = Timeouts.builder().betweenTokens(ofSeconds(1)).build()
        val (model, provider) =
            streaming(limits) { sink ->
                delay(5000)
                repeat(3) {
                    sink.text("tok$it ")
                    delay(900)
                }
                sink.usage(Usage(3, null))
                awaitCancellation()
            }
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { model.stream("Hi").toList() })
        assertEquals(TimeoutKind.BETWEEN_TOKENS, e.kind)
        // The last token came at 5,000 + 2 × 900 ms.
        assertEquals(7800, currentTime)
        assertEquals("tok0 tok1 tok2 ", e.partialText)
        assertEquals(Usage(3, null), e.partialUsage)
        assertEquals(1, provider.cancelled)
    }

    /** A model whose streams bring their request's words, one a second, and what that costs. */
    private fun speaking() = ScriptedProvider(
        onStream = { request, sink ->
            sink.usage(Usage(3, null))
            request.messages.single().text.split(' ').forEach {
                sink.text("$it ")
                delay(1000)
            }
            sink.finish(FinishReason.STOP, null)
        },
    ).client().model("scripted::m")

    private suspend fun timedOut(block: suspend () -> Unit): LlmTimeoutException {
        val e = assertInstanceOf(LlmTimeoutException::class.java, runCatchingAll { deadline(2.5.seconds, block) })
        assertEquals(TimeoutKind.DEADLINE, e.kind)
        return e
    }

    @Test
    fun `B12 B15 a deadline around a stream says what had arrived`() = onVirtualTime {
        val model = speaking()
        val inFlow = timedOut { flow { emitAll(model.stream("a b c d")) }.map { it }.collect() }
        val inChildren = timedOut {
            coroutineScope { launch { withContext(CoroutineName("x")) { model.stream("a b c d").collect() } } }
        }
        val buffered = timedOut { model.stream("a b c d").buffer().collect { delay(10) } }
        val nested = timedOut { deadline(1.hours) { model.stream("a b c d").collect() } }
        val behind = timedOut {
            model.stream("a").collect()
            model.stream("b c d").first()
            model.stream("c d e").collect()
        }
        listOf(inFlow, inChildren, buffered, nested).forEach { assertEquals("a b c ", it.partialText) }
        assertEquals("c d ", behind.partialText)
        listOf(inFlow, inChildren, buffered, nested, behind).forEach { assertEquals(Usage(3, null), it.partialUsage) }
    }

    @Test
    fun `B15 a deadline over several streams, or one that has ended, says nothing of their text`() = onVirtualTime {
        val model = speaking()
        val several = timedOut { gather({ model.stream("a b c d").collect() }, { model.stream("a b c d").collect() }) }
        val ended = timedOut {
            model.stream("a").collect()
            awaitCancellation()
        }
        val left = timedOut {
            model.stream("a b c d").first()
            awaitCancellation()
        }
        val lost = timedOut {
            race({ model.stream("a b c d").collect() }, { delay(1500) })
            awaitCancellation()
        }
        listOf(several, ended, left, lost).forEach {
            assertNull(it.partialText)
            assertNull(it.partialUsage)
        }
    }

    @Test
    fun `the collector's own time does not trip betweenTokens`() = onVirtualTime {
        val (model, _) =
            streaming(Timeouts.builder().betweenTokens(ofSeconds(1)).build()) { sink ->
                repeat(3) { sink.text("t") }
                sink.finish(FinishReason.STOP, "stop")
            }
        var events = 0
        model.stream("Hi").collect {
            delay(10_000)
            events++
        }
        assertEquals(4, events)
    }

    @Test
    fun `all events of a stream come from one coroutine`() = onVirtualTime {
        val (model, _) =
            streaming(Timeouts.builder().total(ofSeconds(9)).attempt(ofSeconds(8)).build()) { sink ->
                repeat(3) { sink.text("t") }
                sink.finish(FinishReason.STOP, "stop")
            }
        val jobs = mutableListOf<Job>()
        model.stream("Hi").collect { jobs += currentCoroutineContext().job }
        assertEquals(4, jobs.size)
        assertEquals(1, jobs.distinct().size)
    }

    enum class Limit { TOTAL, ATTEMPT, TOTAL_WITH_LEARNING_LIMITER }

    @ParameterizedTest
    @EnumSource
    fun `B12 a limit that passes while the collector waits interrupts it`(limit: Limit) = onVirtualTime {
        val timeouts = Timeouts.builder()
        if (limit == Limit.ATTEMPT) timeouts.attempt(ofSeconds(1)) else timeouts.total(ofSeconds(1))
        val provider =
            ScriptedProvider(onStream = { _, sink ->
                sink.text("Hel")
                sink.text("lo")
            })
        val options = ModelOptions.builder()
        if (limit == Limit.TOTAL_WITH_LEARNING_LIMITER) options.rateLimiter(RateLimiter.learning())
        val model = provider.client { timeouts(timeouts.build()) }.model("scripted::m", options.build())
        var left = false
        val failure =
            runCatchingAll {
                model.stream("Hi").collect {
                    try {
                        delay(1.hours)
                    } finally {
                        left = true
                    }
                }
            }
        val timeout = assertInstanceOf(LlmTimeoutException::class.java, failure)
        assertEquals(if (limit == Limit.ATTEMPT) TimeoutKind.ATTEMPT else TimeoutKind.TOTAL, timeout.kind)
        assertEquals("Hel", timeout.partialText)
        assertEquals(1_000, currentTime)
        assertEquals(true, left)
        assertEquals(1, provider.cancelled)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `B14 what has only told of tools when its limit passes is tried again`() = onVirtualTime {
        var tries = 0
        val provider =
            ScriptedProvider(onStream = { _, sink ->
                sink.toolCall(0, "a", "first", "{")
                if (++tries == 1) awaitCancellation()
                sink.toolCall(0, null, null, "}")
                sink.finish(FinishReason.TOOL_CALLS, "tool_calls")
            })
        val timeouts = Timeouts.builder().attempt(ofSeconds(1)).build()
        val model = provider.client { timeouts(timeouts) }.model("scripted::m")
        val last = model.stream("Hi").toList().single() as ChatEvent.Finished
        assertEquals("{}", last.response.toolCalls.single().arguments)
        assertEquals(2, tries)
    }

    @Test
    fun `B14 what comes after its limit has passed is not handed on and does not hinder another try`() = onVirtualTime {
        var tries = 0
        val provider =
            ScriptedProvider(onStream = { _, sink ->
                if (++tries == 1) withContext(NonCancellable) { delay(1_500) }
                sink.text("try $tries")
                sink.finish(FinishReason.STOP, "stop")
            })
        val timeouts = Timeouts.builder().attempt(ofSeconds(1)).build()
        val model = provider.client { timeouts(timeouts) }.model("scripted::m")
        assertEquals("try 2", model.stream("Hi").text().toList().joinToString(""))
    }

    @Test
    fun `a stream's last event is the whole answer`() = onVirtualTime {
        val (model, _) =
            streaming { sink ->
                sink.model("m-2026")
                sink.requestId("req-1")
                sink.reasoning("hm ")
                sink.reasoning("well")
                sink.text("Hello ")
                sink.text("")
                sink.toolCall(1, "b", "second", "")
                sink.toolCall(0, "a", "fir", "{\"x\"")
                sink.toolCall(0, "", "first", ":1}")
                sink.text("world")
                delay(40)
                sink.usage(Usage(2, 5))
                sink.finish(FinishReason.LENGTH, "length")
            }
        val events = model.stream("Hi").toList()
        val answer = (events.last() as ChatEvent.Finished).response
        assertEquals(
            listOf("hm ", "well", "Hello ", "world"),
            events.dropLast(1).map { (it as? ChatEvent.TextDelta)?.text ?: (it as ChatEvent.ReasoningDelta).text },
        )
        assertEquals("Hello world", answer.text)
        assertEquals("hm well", answer.reasoning)
        assertEquals(listOf(ToolCall("a", "first", "{\"x\":1}"), ToolCall("b", "second", "{}")), answer.toolCalls)
        assertEquals(FinishReason.LENGTH, answer.finishReason)
        assertEquals(Usage(2, 5), answer.usage)
        assertEquals(listOf("m-2026", "scripted", "req-1"), listOf(answer.model, answer.provider, answer.requestId))
        assertEquals(ofMillis(40), answer.latency)
    }

    @Test
    fun `C13 a stream without its end marker is an error with the partial text`() = runTest {
        val (model, _) =
            streaming { sink ->
                sink.text("half an ")
                sink.text("answ")
            }
        val seen = mutableListOf<String>()
        val e = runCatchingAll { model.stream("Hi").text().collect { seen += it } }
        assertInstanceOf(StreamTruncatedException::class.java, e)
        assertEquals("half an answ", (e as LlmException).partialText)
        assertEquals(false, e.isRetryable)
        assertEquals(listOf("half an ", "answ"), seen)
    }

    @Test
    fun `C13 a stream cut before its first token may be tried again`() = runTest {
        val (model, _) = streaming { }
        val e = assertInstanceOf(LlmException::class.java, runCatchingAll { model.stream("Hi").toList() })
        assertNull(e.partialText)
        assertEquals(true, e.isRetryable)
    }

    @Test
    fun `a provider's failure in a stream says what had arrived`() = runTest {
        val (model, _) =
            streaming { sink ->
                sink.text("so far")
                throw ProviderException("overloaded")
            }
        val e = assertInstanceOf(ProviderException::class.java, runCatchingAll { model.stream("Hi").toList() })
        assertEquals("so far", e.partialText)
        assertNull(e.partialUsage)
    }

    @Test
    fun `what the collector throws passes untouched and ends the exchange`() = runTest {
        val mine = NetworkException("the collector's own")
        val (model, provider) =
            streaming { sink ->
                sink.text("token")
                awaitCancellation()
            }
        val e = runCatchingAll { model.stream("Hi").collect { throw mine } }
        assertSame(mine, e)
        assertNull(mine.partialText)
        assertEquals(1, provider.cancelled)
    }

    @Test
    fun `A16 a collector that leaves early ends the exchange`() = runTest {
        val (model, provider) =
            streaming { sink -> while (true) sink.text("again ") }
        assertEquals(3, model.stream("Hi").take(3).toList().size)
        assertEquals(1, provider.cancelled)
    }

    companion object {
        @JvmStatic
        fun unsendable() = listOf(
            ChatRequest.builder().build(),
            ChatRequest.of(""),
            ChatRequest.of(" \n\t"),
            ChatRequest { user("ok").user(" ") },
            ChatRequest { user("ok").message(Message.assistant("")) },
            ChatRequest { user("ok").maxTokens(0) },
            ChatRequest { user("ok").temperature(Double.NaN) },
            ChatRequest { user("ok").topP(-0.1) },
        )
    }
}
