@file:OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster.resilience

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.text
import dev.muster.error.AuthenticationException
import dev.muster.error.ErrorContext
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.NetworkException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.TimeoutKind
import dev.muster.onVirtualTime
import dev.muster.resilience.internal.Retrying
import dev.muster.runCatchingAll
import dev.muster.waiting
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.time.Duration.ofMillis
import java.time.Duration.ofSeconds
import kotlin.random.Random

class RetryTest {
    /** Fails with each of [failures] and then answers. */
    private fun failing(vararg failures: LlmException): ScriptedProvider {
        val left = ArrayDeque(failures.toList())
        return ScriptedProvider(
            onChat = {
                left.removeFirstOrNull()?.let { throw it }
                ChatResponse.builder().text("ok")
            },
        )
    }

    private val atOnce = RetryPolicy.builder().firstBackoff(Duration.ZERO).maxBackoff(Duration.ZERO)

    @Test
    fun `the defaults are two retries from half a second to eight`() {
        val policy = RetryPolicy.DEFAULT
        assertEquals(
            listOf(2, ofMillis(500), ofSeconds(8), ofSeconds(60)),
            listOf(policy.maxRetries, policy.firstBackoff, policy.maxBackoff, policy.maxRetryAfter),
        )
    }

    @Test
    fun `C10 two failures that may pass, then the answer, in three attempts`() = onVirtualTime {
        val provider = failing(RateLimitedException("1"), ProviderException("2"))
        assertEquals("ok", provider.client().model("scripted::m").ask("Hi"))
        assertEquals(3, provider.requests.size)
    }

    @Test
    fun `C10 the last failure tells of all attempts`() = onVirtualTime {
        val failures = List(4) { ProviderException("$it") }
        val provider = failing(*failures.toTypedArray())
        val e = runCatchingAll { provider.client().model("scripted::m").ask("Hi") }
        assertSame(failures[2], e)
        assertEquals(3, (e as LlmException).attempts)
        assertEquals(failures.take(2), e.suppressed.toList())
        assertEquals(3, provider.requests.size)
    }

    @Test
    fun `C10 a refused key is not tried again`() = onVirtualTime {
        val provider = failing(AuthenticationException("no"))
        val e = runCatchingAll { provider.client().model("scripted::m").ask("Hi") }
        assertEquals(1, assertInstanceOf(AuthenticationException::class.java, e).attempts)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `C10 waits are drawn between zero and a ceiling that doubles up to the longest`() = onVirtualTime {
        // Draws the ceiling itself, or nothing.
        suspend fun waits(share: Double): List<Long> {
            val waits = mutableListOf<Long>()
            val policy = RetryPolicy.builder().maxRetries(6).onRetry { waits += it.wait.toMillis() }.build()
            val random = object : Random() {
                override fun nextBits(bitCount: Int) = 0

                override fun nextDouble() = share
            }
            runCatchingAll {
                Retrying(RetryBudget(), random).run(policy) { throw ProviderException("again") }
            }
            return waits
        }
        assertEquals(listOf<Long>(500, 1000, 2000, 4000, 8000, 8000), waits(1.0))
        assertEquals(List(6) { 0L }, waits(0.0))
        assertEquals(listOf<Long>(250, 500, 1000, 2000, 4000, 4000), waits(0.5))
    }

    @Test
    fun `C10 Retry-After is honoured up to its cap`() = onVirtualTime {
        val provider =
            failing(
                RateLimitedException("1", waiting(7)),
                RateLimitedException("2", waiting(3600)),
            )
        provider.client().model("scripted::m").ask("Hi")
        // And a little more, so that those who were told the same do not come back as one: 0.5 and 1 s at most.
        assertTrue(currentTime in 67_000..68_500, "waited $currentTime ms")
    }

    @Test
    fun `C10 Retry-After counts whatever the status`() = onVirtualTime {
        failing(ProviderException("529", waiting(7))).client().model("scripted::m").ask("Hi")
        assertTrue(currentTime in 7_000..7_500, "waited $currentTime ms")
    }

    private val unprocessed = ErrorContext.builder().retryAtOnce(true).build()
    private val slow = RetryPolicy.builder().firstBackoff(ofSeconds(100)).maxBackoff(ofSeconds(100))

    @Test
    fun `D5 a request that nobody took is retried at once, and once a call`() = onVirtualTime {
        val waits = ArrayList<Duration>()
        val provider = failing(NetworkException("1", unprocessed), NetworkException("2", unprocessed))
        provider.client { retry(slow.onRetry { waits += it.wait }.build()) }.model("scripted::m").ask("Hi")
        assertEquals(3, provider.requests.size)
        assertEquals(Duration.ZERO, waits[0])
        assertTrue(waits[1] > Duration.ZERO, "$waits")
    }

    @Test
    fun `D5 it counts, takes from the budget, and is made only where the policy allows a retry`() = onVirtualTime {
        suspend fun attempts(retry: RetryPolicy, budget: RetryBudget = RetryBudget()): Int {
            val provider = failing(*Array(9) { NetworkException("$it", unprocessed) })
            val client = provider.client { retry(retry).retryBudget(budget) }
            val e = runCatchingAll { client.model("scripted::m").ask("Hi") } as LlmException
            assertEquals(e.attempts, provider.requests.size)
            assertTrue(e.context.retryAtOnce)
            return provider.requests.size
        }
        assertEquals(3, attempts(slow.build()))
        assertEquals(1, attempts(RetryPolicy.NONE))
        assertEquals(1, attempts(slow.retryIf { false }.build()))
        assertEquals(1, attempts(RetryPolicy.DEFAULT, RetryBudget(0.0, 0)))
        assertEquals(2, attempts(RetryPolicy.DEFAULT, RetryBudget(0.0, 1)))
    }

    @Test
    fun `C10 a wait past the total timeout is not begun`() = onVirtualTime {
        val limited = RateLimitedException("1", waiting(7))
        val provider = failing(limited)
        val limits = Timeouts.builder().total(ofSeconds(5)).build()
        val e = runCatchingAll { provider.client { timeouts(limits) }.model("scripted::m").ask("Hi") }
        assertSame(limited, e)
        assertEquals(0, currentTime)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `C10 the budget stops a storm of retries`() = onVirtualTime {
        val provider = ScriptedProvider(onChat = { throw ProviderException("down") })
        val client =
            provider.client {
                retry(atOnce.build())
                retryBudget(RetryBudget(0.2, 3))
            }
        repeat(20) { runCatchingAll { client.model("scripted::m").ask("Hi") } }
        // Of 40 retries the policy would make: 3 from the reserve and a fifth of a retry for each further call. The
        // first call earns nothing, because the budget is full.
        assertEquals(20 + 3 + 3, provider.requests.size)
    }

    @Test
    fun `C10 a share as large as can be is a budget that never ends`() {
        val budget = RetryBudget(Double.MAX_VALUE, 1)
        repeat(3) {
            budget.callBegins()
            assertTrue(budget.takeRetry())
        }
    }

    @Test
    fun `C11 retries can be switched off and narrowed, for a client and for a model`() = onVirtualTime {
        val off = failing(ProviderException("1"))
        runCatchingAll { off.client { retry(RetryPolicy.NONE) }.model("scripted::m").ask("Hi") }
        assertEquals(1, off.requests.size)

        val only429 = atOnce.retryIf { it is RateLimitedException }.build()
        val narrowed = failing(RateLimitedException("1"), ProviderException("2"))
        val options = ModelOptions.builder().retry(only429).build()
        val e = runCatchingAll { narrowed.client().model("scripted::m", options).ask("Hi") }
        assertEquals(2, assertInstanceOf(ProviderException::class.java, e).attempts)
        assertEquals(2, narrowed.requests.size)
    }

    @Test
    fun `C11 an observer is told of each retry`() = onVirtualTime {
        val seen = mutableListOf<String>()
        val policy = atOnce.retryIf(null).onRetry { seen += "${it.attempt} ${it.failure.message}" }.build()
        failing(ProviderException("a"), ProviderException("b"))
            .client { retry(policy) }
            .model("scripted::m")
            .ask("Hi")
        assertEquals(listOf("1 a", "2 b"), seen)
    }

    @Test
    fun `B14 a ladder gives each attempt its own limit`() = onVirtualTime {
        val provider =
            ScriptedProvider(
                onChat = {
                    delay(2000)
                    ChatResponse.builder().text("slow")
                },
            )
        val ladder = RetryPolicy.timeouts(ofSeconds(1), ofSeconds(3)).toBuilder().firstBackoff(Duration.ZERO)
        val client = provider.client { retry(ladder.maxBackoff(Duration.ZERO).build()) }
        assertEquals("slow", client.model("scripted::m").ask("Hi"))
        assertEquals(listOf(2, 1), listOf(provider.requests.size, provider.cancelled))
        assertEquals(3000, currentTime)
    }

    @Test
    fun `B14 the last step of a ladder holds for the attempts after it`() = onVirtualTime {
        val provider = ScriptedProvider(onChat = { awaitCancellation() })
        val policy =
            RetryPolicy
                .timeouts(ofSeconds(1), ofSeconds(3))
                .toBuilder()
                .maxRetries(2)
                .firstBackoff(Duration.ZERO)
                .maxBackoff(Duration.ZERO)
        val e = runCatchingAll { provider.client { retry(policy.build()) }.model("scripted::m").ask("Hi") }
        val timeout = assertInstanceOf(LlmTimeoutException::class.java, e)
        assertEquals(
            listOf(TimeoutKind.ATTEMPT, ofSeconds(3), 3),
            listOf(timeout.kind, timeout.limit, timeout.attempts),
        )
        assertEquals(7000, currentTime)
    }

    @Test
    fun `a stream is tried again only before its first token`() = onVirtualTime {
        var attempts = 0
        val provider =
            ScriptedProvider(onStream = { _, sink ->
                if (++attempts == 1) throw ProviderException("early")
                sink.text("half")
                if (attempts == 2) throw ProviderException("late")
                sink.finish(FinishReason.STOP, "stop")
            })
        val seen = mutableListOf<String>()
        val e = runCatchingAll { provider.client().model("scripted::m").stream("Hi").text().collect { seen += it } }
        assertTrue(e.message!!.startsWith("late (not retried: part of the response was delivered"), e.message)
        assertEquals("half", (e as LlmException).partialText)
        assertEquals(2, e.attempts)
        assertEquals(listOf("half"), seen)
        assertEquals(listOf("half"), provider.client().model("scripted::m").stream("Hi").text().toList())
    }

    @Test
    fun `a failure of the collector's own is not tried again and not touched`() = onVirtualTime {
        val mine = ProviderException("the collector's own")
        val provider = ScriptedProvider(onStream = { _, sink -> sink.text("t") })
        val e = runCatchingAll { provider.client().model("scripted::m").stream("Hi").collect { throw mine } }
        assertSame(mine, e)
        assertEquals(null, mine.attempts)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `B25 a call cancelled while it waits for its next attempt sends no other`() = onVirtualTime {
        val provider = failing(RateLimitedException("1", waiting(7)))
        val client = provider.client()
        val call = async { client.model("scripted::m").ask("Hi") }
        runCurrent()
        assertEquals(1, provider.requests.size)
        call.cancel()
        advanceTimeBy(60_000)
        assertTrue(call.isCancelled)
        assertEquals(1, provider.requests.size)
    }

    @Test
    fun `settings that make no sense are refused`() {
        listOf<() -> Any>(
            { RetryPolicy.builder().maxRetries(-1) },
            { RetryPolicy.builder().firstBackoff(ofMillis(-1)) },
            { RetryPolicy.timeouts(Duration.ZERO) },
            { RetryBudget(Double.NaN, 1) },
            { RetryBudget(0.2, -1) },
        ).forEach { assertThrows(IllegalArgumentException::class.java) { it() } }
    }
}
