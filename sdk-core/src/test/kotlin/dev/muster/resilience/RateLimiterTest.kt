@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.resilience

import dev.muster.ScriptedProvider
import dev.muster.agent.ask
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Usage
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.error.ErrorContext
import dev.muster.error.InsufficientFundsException
import dev.muster.error.LlmException
import dev.muster.error.NetworkException
import dev.muster.error.ProviderException
import dev.muster.error.QueueFullException
import dev.muster.error.RateLimitedException
import dev.muster.model.ChatModel
import dev.muster.onVirtualTime
import dev.muster.provider.RateLimitObserver
import dev.muster.provider.RateLimitStatus
import dev.muster.provider.RateLimitStatus.Quota
import dev.muster.provider.StreamSink
import dev.muster.waiting
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Duration.ofSeconds

class RateLimiterTest {
    private val sentAt = mutableListOf<Long>()
    private var used: Long? = null
    private var answersAfter: (Int) -> Long = { 0 }
    private var says: (Int) -> RateLimitStatus? = { null }

    private fun TestScope.model(limiter: RateLimiter): ChatModel {
        val provider =
            ScriptedProvider(
                onChat = {
                    sentAt += currentTime
                    val number = sentAt.size
                    delay(answersAfter(number))
                    says(number)?.let { currentCoroutineContext()[RateLimitObserver]?.observe?.invoke(it) }
                    ChatResponse.builder().text("ok").usage(used?.let { Usage(it, 0) })
                },
            )
        return provider.client { rateLimiter("scripted", limiter) }.model("scripted::m")
    }

    private suspend fun ChatModel.ask(tokens: Int) = chat(
        ChatRequest {
            user("abcd")
            maxTokens(tokens - 1)
        },
    )

    @Test
    fun `C18 without a burst what comes in a second goes at once, one at least, and a minute's tokens do`() =
        onVirtualTime {
            suspend fun atOnce(limiter: RateLimiter, tokens: Int): Int {
                sentAt.clear()
                val start = currentTime
                val model = model(limiter)
                repeat(12) { model.ask(tokens) }
                return sentAt.count { it == start }
            }
            assertEquals(5, atOnce(RateLimiter.builder().requestsPerMinute(300).build(), 2))
            assertEquals(1, atOnce(RateLimiter.builder().requestsPerMinute(30).build(), 2))
            assertEquals(10, atOnce(RateLimiter.builder().tokensPerMinute(600).build(), 60))
        }

    @Test
    fun `C18 ten calls at five a second with a burst of two take 1,6 seconds`() = onVirtualTime {
        val model = model(RateLimiter.builder().requests(5, ofSeconds(1)).burst(2).build())
        gather((0 until 10).toList()) { model.ask("$it") }
        assertEquals(listOf<Long>(0, 0, 200, 400, 600, 800, 1000, 1200, 1400, 1600), sentAt.map { it / 10 * 10 })
    }

    @Test
    fun `C18 tokens are estimated, and corrected by what was used`() = onVirtualTime {
        // A thousand tokens a second.
        val limiter = RateLimiter.builder().tokensPerMinute(60_000).build()
        val model = model(limiter)
        used = 30_000
        model.ask(60_000)
        assertEquals(0, currentTime)
        // 30,000 were given back, so that 40,000 wait for 10,000 more.
        model.ask(40_000)
        assertEquals(listOf<Long>(0, 10), sentAt.map { it / 1000 })
    }

    /** How long 40,000 tokens wait after a stream that may take 60,000, the bucket, and ends as [ending] says. */
    private fun waitAfterStream(ending: suspend (StreamSink) -> Unit) = onVirtualTime {
        val provider = ScriptedProvider(onStream = { _, sink -> ending(sink) })
        val limiter = RateLimiter.builder().tokensPerMinute(60_000).build()
        val model = provider.client { rateLimiter("scripted", limiter).retry(RetryPolicy.NONE) }.model("scripted::m")
        val request =
            ChatRequest {
                user("x".repeat(40_000))
                maxTokens(50_000)
            }
        val stream = launch { ignoringNetwork { model.stream(request).collect() } }
        runCurrent()
        stream.cancelAndJoin()
        model.ask(40_000)
        waited = currentTime / 1000
    }

    private var waited = -1L

    private suspend fun ignoringNetwork(block: suspend () -> Unit) {
        try {
            block()
        } catch (_: NetworkException) {
            // What the script says.
        }
    }

    @Test
    fun `C18 a stream that breaks off or is cancelled is corrected by what had arrived`() {
        val broken = NetworkException("cut", ErrorContext.NONE)
        // 10,000 for the prompt and 1,000 of the answer: 49,000 are given back.
        waitAfterStream {
            it.text("x".repeat(2_000))
            it.reasoning("x".repeat(1_000))
            it.toolCall(0, "id", "f", "x".repeat(1_000))
            throw broken
        }
        assertEquals(0, waited)
        waitAfterStream {
            it.text("x".repeat(4_000))
            awaitCancellation()
        }
        assertEquals(0, waited)
        // The provider's own figures, and what has come since.
        waitAfterStream {
            it.usage(Usage(25_000, 1))
            it.text("x".repeat(4_000))
            throw broken
        }
        assertEquals(6, waited)
        // Nothing had come: nobody knows.
        waitAfterStream { throw broken }
        assertEquals(40, waited)
    }

    @Test
    fun `C18 a request larger than the bucket goes when that is full, and leaves a debt`() = onVirtualTime {
        val model = model(RateLimiter.builder().tokensPerMinute(60).build())
        model.ask(120)
        model.ask(2)
        assertEquals(listOf<Long>(0, 62), sentAt.map { it / 1000 })
    }

    @Test
    fun `C18 limits are learned from what the provider says`() = onVirtualTime {
        val limiter = RateLimiter.learning()
        says = { RateLimitStatus(Quota(limit = 100, remaining = 0, resetAfter = ofSeconds(50)), null) }
        val model = model(limiter)
        model.ask("1")
        // A hundred in fifty seconds: one each half second, and a hundredth more for what whole numbers hide.
        model.ask("2")
        model.ask("3")
        assertEquals(0, sentAt[0])
        assertTrue(sentAt[1] in 500..510 && sentAt[2] in 1000..1020, "sent at $sentAt")
    }

    @Test
    fun `C18 an old answer that comes late does not raise what is left`() = onVirtualTime {
        // The second is answered before the first, which says what was left before the second was counted.
        answersAfter = { if (it == 1) 50 else 0 }
        says =
            { RateLimitStatus(Quota(limit = 4, remaining = if (it == 1) 3 else 2, resetAfter = ofSeconds(40)), null) }
        val model = model(RateLimiter.learning())
        List(2) { async { model.ask("$it") } }.awaitAll()
        says = { null }
        repeat(3) { model.ask("more") }
        // Two are left at most, and not the three that the old answer speaks of.
        assertEquals(listOf<Long>(0, 0, 50), sentAt.take(3))
        assertTrue(sentAt[4] > 10_000, "sent at $sentAt")
    }

    @Test
    fun `C18 what whole numbers hide does not make the rate too high`() = onVirtualTime {
        // 1.9 of 5 are left, a second each, but the provider can say 1 only.
        says = { if (it == 1) RateLimitStatus(Quota(5, 1, Duration.ofMillis(3100)), null) else null }
        val model = model(RateLimiter.learning())
        repeat(3) { model.ask("$it") }
        assertTrue(sentAt[2] >= 1000, "sent at $sentAt")
    }

    @Test
    fun `C18 what the provider had not seen when it spoke is not let through again`() = onVirtualTime {
        // Three go out at once; the first answer, which comes early, was written before the other two had arrived.
        answersAfter = { if (it == 1) 10 else 500 }
        says = { if (it == 1) RateLimitStatus(Quota(60, 2, ofSeconds(58)), null) else null }
        val model = model(RateLimiter.learning())
        val atOnce = List(3) { async { model.ask("$it") } }
        atOnce[0].await()
        model.ask("4")
        assertEquals(listOf<Long>(0, 0, 0), sentAt.take(3))
        assertTrue(sentAt[3] in 1010..1050, "sent at $sentAt")
    }

    @Test
    fun `C18 nobody overtakes one who waits for more`() = onVirtualTime {
        // A token a second.
        val model = model(RateLimiter.builder().tokensPerMinute(60).build())
        model.ask(60)
        val much = async { model.ask(30) }
        delay(5_000)
        model.ask(3)
        much.await()
        assertEquals(listOf<Long>(0, 30, 33), sentAt.map { it / 1000 })
    }

    @Test
    fun `C18 after a 429 with Retry-After a learning limiter lets nobody through before that time`() = onVirtualTime {
        var refused = false
        val provider =
            ScriptedProvider(
                onChat = {
                    sentAt += currentTime
                    if (!refused) {
                        refused = true
                        throw RateLimitedException("429", waiting(20))
                    }
                    ChatResponse.builder().text("ok")
                },
            )
        val model =
            provider
                .client {
                    retry(RetryPolicy.NONE)
                    rateLimiter("scripted", RateLimiter.learning())
                }.model("scripted::m")
        val outcomes = gatherSettled((0 until 1).toList()) { model.ask("$it") }
        assertInstanceOf(RateLimitedException::class.java, outcomes.single().exceptionOrNull())
        model.ask("later")
        assertEquals(listOf<Long>(0, 20_000), sentAt)
    }

    /** When the call behind one that ends with [failure] is sent, by a learning limiter. */
    private suspend fun TestScope.sentBehind(failure: LlmException): Long {
        val since = currentTime
        var calls = 0
        val provider =
            ScriptedProvider(
                onChat = {
                    if (calls++ == 0) throw failure
                    sentAt += currentTime - since
                    ChatResponse.builder().text("ok")
                },
            )
        val model =
            provider
                .client {
                    retry(RetryPolicy.NONE)
                    rateLimiter("scripted", RateLimiter.learning())
                }.model("scripted::m")
        gatherSettled(listOf("first")) { model.ask(it) }
        model.ask("second")
        return sentAt.last()
    }

    @Test
    fun `C18 a Retry-After of a day holds the other calls for a minute`() = onVirtualTime {
        assertEquals(60_000, sentBehind(RateLimitedException("429", waiting(86_400))))
    }

    @Test
    fun `C18 a Retry-After of what is no limit holds no other call`() = onVirtualTime {
        assertEquals(0, sentBehind(ProviderException("503", waiting(20))))
        assertEquals(0, sentBehind(InsufficientFundsException("429", waiting(20))))
    }

    @Test
    fun `B25 a call cancelled while it waits for its turn takes nothing`() = onVirtualTime {
        val limiter = RateLimiter.builder().requests(1, ofSeconds(1)).build()
        val model = model(limiter)
        val calls = (0 until 4).map { async { model.ask("$it") } }
        runCurrent()
        assertEquals(3, limiter.waiting)
        // The one that is first in the queue, and one behind it.
        calls[1].cancel()
        calls[2].cancel()
        calls[3].await()
        assertEquals(listOf<Long>(0, 1000), sentAt.map { it / 10 * 10 })
        assertEquals(0, limiter.waiting)
    }

    @Test
    fun `C18 one call too many is refused and sends nothing`() = onVirtualTime {
        val model = model(RateLimiter.builder().requests(1, ofSeconds(1)).maxWaiting(2).build())
        val outcomes = gatherSettled((0 until 4).toList()) { model.ask("$it") }
        assertInstanceOf(QueueFullException::class.java, outcomes[3].exceptionOrNull())
        assertEquals(3, sentAt.size)
    }

    @Test
    fun `settings that make no sense are refused`() {
        listOf<() -> Any>(
            { RateLimiter.builder().build() },
            { RateLimiter.builder().burst(3).tokensPerMinute(1).build() },
            { RateLimiter.builder().requests(0, ofSeconds(1)) },
            { RateLimiter.builder().requests(1, Duration.ZERO) },
            { RateLimiter.builder().tokensPerMinute(0) },
            { RateLimiter.builder().burst(0) },
            { RateLimiter.builder().maxWaiting(-1) },
        ).forEach { assertThrows(IllegalArgumentException::class.java) { it() } }
        assertTrue(RateLimiter.learning().isLearning)
    }
}
