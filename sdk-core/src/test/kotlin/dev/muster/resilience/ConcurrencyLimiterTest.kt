@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.resilience

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.error.ErrorContext
import dev.muster.error.LlmTimeoutException
import dev.muster.error.ProviderException
import dev.muster.error.QueueFullException
import dev.muster.error.RateLimitedException
import dev.muster.error.TimeoutKind
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import dev.muster.waiting
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration.ofMillis

class ConcurrencyLimiterTest {
    private var inFlight = 0
    private var peak = 0

    private suspend fun counted(millis: Long): ChatResponse.Builder {
        peak = maxOf(peak, ++inFlight)
        try {
            delay(millis)
        } finally {
            inFlight--
        }
        return ChatResponse.builder().text("ok")
    }

    private val slow = ScriptedProvider(onChat = { counted(100) })

    @Test
    fun `C18 at most so many attempts run at the same time, first come first served`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.fixed(3)
        val model = slow.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        gather((0 until 10).toList()) { model.ask("$it") }
        assertEquals(3, peak)
        assertEquals(400, currentTime)
        assertEquals((0 until 10).map { "$it" }, slow.requests.map { it.messages.single().text })
        assertEquals(0, limiter.inFlight)
    }

    @Test
    fun `B26 C18 a call that is cancelled when it comes for its slot leaves the slot there`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.fixed(1)
        val call = launch {
            coroutineContext.cancel()
            limiter.acquire(ErrorContext.NONE)
        }
        call.join()
        assertTrue(call.isCancelled)
        assertEquals(0, limiter.inFlight)
    }

    @Test
    fun `C18 a model's limit holds beside its provider's`() = onVirtualTime {
        val client =
            slow.client {
                concurrencyLimiter("scripted", ConcurrencyLimiter.fixed(3))
                concurrencyLimiter("scripted::small", ConcurrencyLimiter.fixed(1))
            }
        val small = client.model("scripted::small")
        val big = client.model("scripted::big")
        gather((0 until 6).toList()) { if (it < 3) small.ask("small") else big.ask("big") }
        // Those that wait for the small model's one slot hold none of the provider's: the big ones run at once.
        assertEquals(300, currentTime)
        assertEquals(listOf("small", "big", "big"), slow.requests.take(3).map { it.messages.single().text })
    }

    @Test
    fun `C18 limiters of a model's options replace those that the client has for it, and its provider's stay`() =
        onVirtualTime {
            val client = slow.client {
                concurrencyLimiter("scripted::m", ConcurrencyLimiter.fixed(1))
                concurrencyLimiter("scripted", ConcurrencyLimiter.fixed(2))
                rateLimiter("scripted::m", RateLimiter.builder().requestsPerMinute(1).build())
            }
            val options = ModelOptions.builder().concurrencyLimiter(ConcurrencyLimiter.fixed(3))
                .rateLimiter(RateLimiter.builder().requestsPerMinute(6_000).build()).build()
            val model = client.model("scripted::m", options)
            gather((0 until 4).toList()) { model.ask("$it") }
            assertEquals(2, peak)
            assertEquals(200, currentTime)
        }

    @Test
    fun `C18 a limiter given to two clients is shared`() = onVirtualTime {
        val options = ModelOptions.builder().concurrencyLimiter(ConcurrencyLimiter.fixed(1)).build()
        val models = List(2) { slow.client().model("scripted::m", options) }
        gather(models) { it.ask("Hi") }
        assertEquals(1, peak)
    }

    @Test
    fun `C18 one call too many is refused and sends nothing`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.fixed(1, maxWaiting = 2)
        val model = slow.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        val outcomes = gatherSettled((0 until 4).toList()) { model.ask("$it") }
        assertInstanceOf(QueueFullException::class.java, outcomes[3].exceptionOrNull())
        assertEquals(3, slow.requests.size)
    }

    @Test
    fun `B25 a call cancelled while it waits for a slot sends nothing and leaves the queue`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.fixed(1)
        val model = slow.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        val calls = (0 until 3).map { async { model.ask("$it") } }
        runCurrent()
        assertEquals(2, limiter.waiting)
        calls[1].cancel()
        runCurrent()
        assertEquals(1, limiter.waiting)
        calls[2].await()
        assertEquals(listOf("0", "2"), slow.requests.map { it.messages.single().text })
        assertEquals(200, currentTime)
    }

    @Test
    fun `B25 a slot that is handed to a call being cancelled goes on to the next`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.fixed(1)
        val model = slow.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        val calls = (0 until 3).map { async { model.ask("$it") } }
        // At 100 the first gives its slot to the second, which is cancelled before it can run.
        calls[0].invokeOnCompletion { calls[1].cancel() }
        calls[2].await()
        assertEquals(0, limiter.inFlight)
        assertEquals(0, limiter.waiting)
    }

    @Test
    fun `C18 a retry waits without a slot`() = onVirtualTime {
        var first = true
        val provider =
            ScriptedProvider(
                onChat = {
                    if (first) {
                        first = false
                        throw RateLimitedException("1", waiting(10))
                    }
                    counted(100)
                },
            )
        val model =
            provider.client { concurrencyLimiter("scripted", ConcurrencyLimiter.fixed(1)) }.model("scripted::m")
        val retried = async { model.ask("first") }
        runCurrent()
        model.ask("second")
        assertEquals(100, currentTime)
        retried.await()
    }

    @Test
    fun `C18 the wait for a slot counts against the total and not against the attempt`() = onVirtualTime {
        val limits = Timeouts.builder().attempt(ofMillis(150)).build()
        val client = slow.client { concurrencyLimiter("scripted", ConcurrencyLimiter.fixed(1)) }
        val patient = client.model("scripted::m", ModelOptions.builder().timeouts(limits).build())
        List(3) { async { patient.ask("$it") } }.awaitAll()
        assertEquals(300, currentTime)
        val hasty =
            client.model(
                "scripted::m",
                ModelOptions.builder().timeouts(limits.toBuilder().total(ofMillis(150)).build()).build(),
            )
        val ahead = List(2) { launch { patient.ask("ahead") } }
        runCurrent()
        val e = runCatchingAll { hasty.ask("late") }
        assertEquals(TimeoutKind.TOTAL, (e as LlmTimeoutException).kind)
        assertTrue(slow.requests.none { it.messages.single().text == "late" })
        ahead.joinAll()
    }

    @Test
    fun `C18 a stream holds its slot until it has ended`() = onVirtualTime {
        val provider =
            ScriptedProvider(
                onStream = { _, sink ->
                    sink.text("one")
                    delay(1000)
                    sink.finish(FinishReason.STOP, "stop")
                },
            )
        val limiter = ConcurrencyLimiter.fixed(1)
        val model = provider.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        val streaming = launch { model.stream("Hi").collect {} }
        advanceTimeBy(500)
        assertEquals(1, limiter.inFlight)
        streaming.join()
        assertEquals(0, limiter.inFlight)
        // And gives it back when its collector leaves.
        model.stream("Hi").first()
        assertEquals(0, limiter.inFlight)
    }

    @Test
    fun `C18 under a storm of 429s the adaptive limit settles near what the provider bears`() = onVirtualTime {
        val bearable = 10
        var refused = 0
        var sent = 0
        val seen = mutableListOf<Int>()
        val limiter = ConcurrencyLimiter.adaptive(1, 1000)
        val provider =
            ScriptedProvider(
                onChat = {
                    if (++sent > 500) seen += limiter.limit
                    if (inFlight >= bearable) {
                        if (sent > 500) refused++
                        throw RateLimitedException("too many")
                    }
                    counted(100)
                },
            )
        val noRetry = ModelOptions.builder().retry(RetryPolicy.NONE).build()
        val model = provider.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m", noRetry)
        gatherSettled((0 until 3000).toList()) { model.ask("$it") }
        assertTrue(seen.all { it in 5..bearable + 2 }, "limits ${seen.min()} to ${seen.max()}")
        assertTrue(refused < 2500 / 10, "$refused of 2,500 were refused")
        // Ten at a time would take 30 s.
        assertTrue(currentTime < 45_000, "took $currentTime ms")
    }

    @Test
    fun `C18 attempts that ran into one overload shrink the limit once, and only overload does`() = onVirtualTime {
        var failure: () -> Nothing = { throw ProviderException("500") }
        val limiter = ConcurrencyLimiter.adaptive(1, 100)
        val provider = ScriptedProvider(onChat = { counted(100).also { _ -> if (failing) failure() } })
        val model =
            provider
                .client {
                    retry(RetryPolicy.NONE)
                    concurrencyLimiter("scripted", limiter)
                }.model("scripted::m")
        gather((0 until 200).toList()) { model.ask("$it") }
        val grown = limiter.limit
        assertTrue(grown >= 10, "grew to $grown")
        failing = true
        gatherSettled((0 until grown).toList()) { model.ask("$it") }
        assertEquals(grown, limiter.limit)
        failure = { throw RateLimitedException("429") }
        gatherSettled((0 until grown).toList()) { model.ask("$it") }
        assertTrue(limiter.limit in (grown * 6 / 10)..(grown * 8 / 10), "from $grown to ${limiter.limit}")
    }

    @Test
    fun `C18 only who uses all slots learns that there could be more`() = onVirtualTime {
        val limiter = ConcurrencyLimiter.adaptive(1, 100)
        val model = slow.client { concurrencyLimiter("scripted", limiter) }.model("scripted::m")
        repeat(50) { model.ask("$it") }
        assertEquals(2, limiter.limit)
    }

    private var failing = false

    @Test
    fun `limits that make no sense are refused`() {
        listOf<() -> Any>(
            { ConcurrencyLimiter.fixed(0) },
            { ConcurrencyLimiter.adaptive(3, 2) },
            { ConcurrencyLimiter.fixed(1, -1) },
            { slow.client { concurrencyLimiter("nobody", ConcurrencyLimiter.fixed(1)) } },
            { slow.client { concurrencyLimiter("nobody::m", ConcurrencyLimiter.fixed(1)) } },
        ).forEach { assertThrows(IllegalArgumentException::class.java) { it() } }
    }
}
