@file:OptIn(ExperimentalMusterApi::class, kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster.call

import dev.muster.ScriptedProvider
import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.Usage
import dev.muster.error.InvalidRequestException
import dev.muster.error.ProviderException
import dev.muster.error.StreamTruncatedException
import dev.muster.model.ChatModel
import dev.muster.onVirtualTime
import dev.muster.resilience.RetryPolicy
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Duration.ofMillis

class InterceptorTest {
    private val log = mutableListOf<String>()
    private val failures = ArrayDeque<Exception>()
    private val provider =
        ScriptedProvider(
            onChat = {
                delay(10)
                failures.removeFirstOrNull()?.let { throw it }
                ChatResponse.builder().text("whole").usage(Usage(2, 3))
            },
            onStream = { _, sink ->
                delay(10)
                sink.text("one ")
                failures.removeFirstOrNull()?.let { throw it }
                delay(10)
                sink.text("two")
                sink.usage(Usage(2, 3))
                sink.finish(FinishReason.STOP, null)
            },
        )
    private val atOnce = RetryPolicy.builder().firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO).build()

    private fun model(vararg ofCall: ChatInterceptor, ofAttempt: List<ChatInterceptor> = emptyList()): ChatModel =
        provider.client {
            retry(atOnce)
            ofCall.forEach { interceptor(it) }
            ofAttempt.forEach { attemptInterceptor(it) }
        }.model("scripted::m")

    private fun telling(name: String) = ChatInterceptor { chain ->
        log += "$name begins, attempt ${chain.call.attempt}"
        try {
            chain.proceed().also { log += "$name: ${it.text}, attempt ${chain.call.attempt}" }
        } catch (e: ProviderException) {
            log += "$name failed, attempt ${chain.call.attempt}"
            throw e
        }
    }

    @Test
    fun `C23 interceptors stand around a call and around each attempt, the first one outermost`() = onVirtualTime {
        failures += ProviderException("busy")
        val model = model(telling("a"), telling("b"), ofAttempt = listOf(telling("c"), telling("d")))

        model.chat(ChatRequest.of("hi"))

        assertEquals(
            listOf(
                "a begins, attempt 0",
                "b begins, attempt 0",
                "c begins, attempt 1",
                "d begins, attempt 1",
                "d failed, attempt 1",
                "c failed, attempt 1",
                "c begins, attempt 2",
                "d begins, attempt 2",
                "d: whole, attempt 2",
                "c: whole, attempt 2",
                "b: whole, attempt 2",
                "a: whole, attempt 2",
            ),
            log,
        )
    }

    @Test
    fun `C23 an interceptor sees the call, its attempt, the first token and the end`() = onVirtualTime {
        var seen: ChatCall? = null
        val model = model({ chain ->
            seen = chain.call
            val response = chain.proceed()
            log += "${chain.call.elapsed.toMillis()} ms, ${chain.call.usage?.totalTokens} tokens"
            response
        })

        model.stream("hi").collect {
            val call = seen!!
            log += "${it.javaClass.simpleName} ${call.attempt} ${call.timeToFirstToken?.toMillis()} ${call.partialText}"
        }

        assertEquals(
            listOf("TextDelta 1 10 one ", "TextDelta 1 10 one two", "20 ms, 5 tokens", "Finished 1 10 one two"),
            log,
        )
        assertEquals(
            "scripted::m hi true",
            "${seen?.model} ${seen?.request?.messages?.single()?.text} ${seen?.isStreaming}",
        )
    }

    @Test
    fun `C23 a request is replaced for the call, or for one attempt`() = onVirtualTime {
        failures += ProviderException("busy")
        val model = model(
            { it.proceed(ChatRequest.of(it.call.request.messages.single().text + " call")) },
            ofAttempt = listOf(
                ChatInterceptor {
                    it.proceed(ChatRequest.of("${it.call.request.messages.single().text} ${it.call.attempt}"))
                },
            ),
        )

        model.chat(ChatRequest.of("hi"))

        assertEquals(listOf("hi call 1", "hi call 2"), provider.requests.map { it.messages.single().text })
    }

    @Test
    fun `C23 a request that no provider takes is refused`() = onVirtualTime {
        val model = model({ it.proceed(ChatRequest.of(" ")) })

        assertEquals(
            InvalidRequestException::class.java,
            runCatchingAll {
                model.chat(ChatRequest.of("hi"))
            }?.javaClass,
        )
        assertEquals(0, provider.requests.size)
    }

    @Test
    fun `C23 a response is given without asking the model`() = onVirtualTime {
        val cached = ChatResponse.builder().text("cached").model("m").provider("scripted").build()
        val model = model({ cached })

        assertSame(cached, model.chat(ChatRequest.of("hi")))
        val events = model.stream("hi").toList()

        assertEquals("cached", (events.first() as ChatEvent.TextDelta).text)
        assertSame(cached, (events.last() as ChatEvent.Finished).response)
        assertEquals(2 to 0, events.size to provider.requests.size)
    }

    @Test
    fun `C23 a response is changed, and the stream's last event has it`() = onVirtualTime {
        val model = model({ it.proceed().toBuilder().text("changed").build() })

        assertEquals("changed", model.chat(ChatRequest.of("hi")).text)
        val events = model.stream("hi").toList()
        assertEquals(listOf("one ", "two"), events.filterIsInstance<ChatEvent.TextDelta>().map { it.text })
        assertEquals("changed", (events.last() as ChatEvent.Finished).response.text)
    }

    @Test
    fun `C23 what an interceptor throws is the call's failure, and for an attempt it is retried`() = onVirtualTime {
        val busy = ProviderException("busy")
        val ofCall = model({ throw busy })
        assertSame(busy, runCatchingAll { ofCall.chat(ChatRequest.of("hi")) })

        val ofAttempt = model(
            ofAttempt = listOf(
                ChatInterceptor {
                    if (it.call.attempt <
                        3
                    ) {
                        throw busy
                    } else {
                        it.proceed()
                    }
                },
            ),
        )
        assertEquals("whole", ofAttempt.chat(ChatRequest.of("hi")).text)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `C23 a stream that breaks says what had arrived, to the interceptor and to the caller`() = onVirtualTime {
        failures += StreamTruncatedException("cut")
        val model = model({ chain ->
            try {
                chain.proceed()
            } finally {
                log += "ended after ${chain.call.partialText}"
            }
        })

        val failure = runCatchingAll { model.stream("hi").collect() } as StreamTruncatedException

        assertEquals("one ", failure.partialText)
        assertEquals(listOf("ended after one "), log)
    }

    @Test
    fun `C23 a cancel passes through an interceptor and reaches the provider`() = onVirtualTime {
        val silent = ScriptedProvider(onChat = { awaitCancellation() })
        val model = silent.client {
            interceptor {
                try {
                    it.proceed()
                } catch (e: CancellationException) {
                    log += "cancelled at ${it.call.elapsed}"
                    throw e
                }
            }
        }.model("scripted::m")

        val call = launch { model.chat(ChatRequest.of("hi")) }
        runCurrent()
        call.cancel()
        call.join()

        assertEquals(listOf("cancelled at ${ofMillis(0)}"), log)
        assertEquals(1, silent.cancelled)
    }

    @Test
    fun `C23 tags stay with their call`() = onVirtualTime {
        val model = model(
            { chain ->
                chain.call.tags["user"] = chain.call.request.messages.single().text
                chain.proceed()
            },
            ofAttempt = listOf(
                ChatInterceptor {
                    log += "${it.call.tags["user"]}"
                    it.proceed()
                },
            ),
        )

        model.chat(ChatRequest.of("a"))
        model.chat(ChatRequest.of("b"))

        assertEquals(listOf("a", "b"), log)
    }
}
