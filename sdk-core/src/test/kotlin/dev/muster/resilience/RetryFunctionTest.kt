@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.resilience

import dev.muster.ScriptedProvider
import dev.muster.error.AuthenticationException
import dev.muster.error.LlmException
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.currentTime
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.Duration.ofMillis
import java.time.Duration.ofSeconds

class RetryFunctionTest {
    private var attempts = 0

    private fun failing(times: Int): suspend () -> String = {
        if (attempts++ < times) throw ProviderException("$attempts")
        "ok"
    }

    @Test
    fun `an operation is tried again as the policy says`() = onVirtualTime {
        assertEquals("ok", retry(RetryPolicy.builder().maxRetries(5).build(), failing(5)))
        assertEquals(6, attempts)
    }

    @Test
    fun `the last failure tells of those before`() = onVirtualTime {
        val e = runCatchingAll { retry(block = failing(9)) } as LlmException
        assertEquals(3, e.attempts)
        assertEquals(listOf("1", "2"), e.suppressed.map { it.message })
    }

    @Test
    fun `what will not pass, and what is no failure of a model, is not tried again`() = onVirtualTime {
        listOf(AuthenticationException("401"), IllegalStateException("mine")).forEach { failure ->
            var tried = 0
            runCatchingAll {
                retry {
                    tried++
                    throw failure
                }
            }
            assertEquals(1, tried)
        }
    }

    @Test
    fun `what the client has given up on is not tried again`() = onVirtualTime {
        val provider = ScriptedProvider(onChat = { throw ProviderException("500") })
        val model = provider.client().model("scripted::m")
        runCatchingAll { retry { model.ask("Hi") } }
        assertEquals(3, provider.requests.size)
        val single = provider.client { retry(RetryPolicy.NONE) }.model("scripted::m")
        runCatchingAll { retry { single.ask("Hi") } }
        assertEquals(6, provider.requests.size)
    }

    @Test
    fun `B14 the ladder limits each attempt`() = onVirtualTime {
        val policy =
            RetryPolicy.timeouts(
                ofSeconds(1),
                ofSeconds(3),
            ).toBuilder().firstBackoff(ofMillis(0)).maxBackoff(ofMillis(0))
        assertEquals(
            "ok",
            retry(policy.build()) {
                delay(2000)
                "ok"
            },
        )
        assertEquals(3000, currentTime)
    }
}
