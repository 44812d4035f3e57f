@file:OptIn(ExperimentalMusterApi::class)

package dev.muster.call.internal

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ModelId
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryBudget
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.Duration.ofSeconds

class CallPathTest {
    private fun links(
        timeouts: Timeouts,
        gates: List<Gate> = emptyList(),
        ofCall: List<Link<ChatRequest, ChatResponse>> = emptyList(),
        ofAttempt: List<Link<ChatRequest, ChatResponse>> = emptyList(),
    ): List<String> {
        val model = CalledModel(ModelId.of("p", "m"), timeouts, RetryPolicy.DEFAULT, gates)
        return CallPath(model, Lifecycle("Client"), Retrying(RetryBudget()), ofCall, ofAttempt)
            .links.map { it.javaClass.simpleName }
    }

    @Test
    fun `a link that is not configured is not on the path`() {
        val unlimited = Timeouts.builder().attempt(null).build()

        assertEquals(listOf("WhileOpen", "Retries"), links(unlimited, listOf(Gate("p", null, null))))
    }

    @Test
    fun `the links stand in the order that the guide tells`() {
        val limiter = ConcurrencyLimiter.fixed(1)
        val interceptor = InterceptorLink { it.proceed() }
        val rate = RateLimiter.learning()

        assertEquals(
            listOf(
                "WhileOpen",
                "Delivery",
                "InterceptorLink",
                "TotalTimeout",
                "Retries",
                "ConcurrencyLink",
                "RateLink",
                "ConcurrencyLink",
                "LearnLimits",
                "InterceptorLink",
                "AttemptTimeout",
            ),
            links(
                Timeouts.builder().total(ofSeconds(1)).build(),
                listOf(Gate("p::m", limiter, rate), Gate("p", limiter, null)),
                listOf(Delivery, interceptor),
                listOf(interceptor),
            ),
        )
    }
}
