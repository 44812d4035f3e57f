@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.concurrent.Hedge
import dev.muster.concurrent.deadline
import dev.muster.concurrent.fallback
import dev.muster.concurrent.gather
import dev.muster.concurrent.hedge
import dev.muster.error.LlmTimeoutException
import dev.muster.model.ChatModel
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.ModelOptions
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

/*
 * What docs/resilience.md shows.
 */

internal fun timeouts() = MusterClient {
    timeouts(
        Timeouts
            .builder()
            .total(Duration.ofMinutes(2))
            .firstToken(Duration.ofSeconds(20))
            .build(),
    )
}

internal suspend fun withDefault(model: ChatModel): String = try {
    deadline(1.seconds) { model.ask("What is new?") }
} catch (_: LlmTimeoutException) {
    "Query timed out after 1s"
}

internal fun retries() = MusterClient {
    retry(
        RetryPolicy
            .builder()
            .maxRetries(4)
            .retryIf { it.status == 429 }
            .onRetry { System.err.println(it) }
            .build(),
    )
}

internal fun ladder(client: MusterClient) = client.model(
    "openai::gpt-4o-mini",
    ModelOptions.builder().retry(RetryPolicy.timeouts(Duration.ofSeconds(1), Duration.ofSeconds(3))).build(),
)

internal fun limits() = MusterClient {
    concurrencyLimiter("openai", ConcurrencyLimiter.adaptive(4, 200))
    rateLimiter("openai", RateLimiter.learning())
    rateLimiter(
        "groq::llama-3.3-70b-versatile",
        RateLimiter
            .builder()
            .requestsPerMinute(30)
            .tokensPerMinute(6_000)
            .build(),
    )
}

internal suspend fun standIn(primary: ChatModel, secondary: ChatModel): String =
    fallback({ primary.ask("Name a prime") }, { secondary.ask("Name a prime") })

internal suspend fun hedged(model: ChatModel, prompts: List<String>): List<String> {
    val hedge = Hedge.learned()
    return gather(prompts) { prompt -> hedge(hedge) { model.ask(prompt) } }
}
