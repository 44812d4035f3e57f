@file:OptIn(kotlinx.coroutines.ExperimentalCoroutinesApi::class)

package dev.muster.resilience

import dev.muster.ScriptedProvider
import dev.muster.agent.ChatAgent
import dev.muster.agent.tool
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.concurrent.deadline
import dev.muster.concurrent.gather
import dev.muster.debugLinesOf
import dev.muster.error.LlmException
import dev.muster.error.LlmTimeoutException
import dev.muster.error.NetworkException
import dev.muster.error.ProviderException
import dev.muster.error.RateLimitedException
import dev.muster.error.TimeoutKind
import dev.muster.onVirtualTime
import dev.muster.provider.StreamSink
import dev.muster.runCatchingAll
import dev.muster.waiting
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration.ZERO
import java.time.Duration.ofMillis
import java.time.Duration.ofSeconds
import kotlin.time.Duration.Companion.seconds

/** What a failure says beside its class: which call, how far it had come, why it was not tried again. */
class TellingTest {
    private val first = ProviderException("first")
    private val atOnce = RetryPolicy.builder().firstBackoff(ZERO).maxBackoff(ZERO).build()
    private val total = Timeouts.builder().total(ofSeconds(2)).build()

    /** Fails once and then does not answer. */
    private fun failingThenSilent(): ScriptedProvider {
        val left = ArrayDeque(listOf(first))
        val step: suspend () -> Nothing = {
            left.removeFirstOrNull()?.let { throw it }
            awaitCancellation()
        }
        return ScriptedProvider(onChat = { step() }, onStream = { _, _ -> step() })
    }

    private suspend fun timeoutOf(block: suspend () -> Any?) = runCatchingAll { block() } as LlmTimeoutException

    private fun assertTells(e: LlmTimeoutException, kind: TimeoutKind, attempts: Int, said: String) {
        assertEquals(
            listOf(kind, "scripted", "m", attempts, listOf<Throwable>(first)),
            listOf(e.kind, e.provider, e.model, e.attempts, e.suppressed.toList()),
        )
        assertTrue(said in e.message!!, e.message)
    }

    @Test
    fun `a total timeout tells of the attempts and of the failures before`() = onVirtualTime {
        val said = "within 2000 ms, the total timeout (attempt 2 was running; attempt 1 failed: first)"
        val whole = failingThenSilent().client { timeouts(total).retry(atOnce) }.model("scripted::m")
        assertTells(timeoutOf { whole.ask("Hi") }, TimeoutKind.TOTAL, 2, said)
        val streamed = failingThenSilent().client { timeouts(total).retry(atOnce) }.model("scripted::m")
        assertTells(timeoutOf { streamed.stream("Hi").collect() }, TimeoutKind.TOTAL, 2, said)
    }

    @Test
    fun `a deadline tells of the attempts and of the failures before`() = onVirtualTime {
        val said = "Timed out after 2s (scripted::m: attempt 2 was running; attempt 1 failed: first)"
        val whole = failingThenSilent().client { retry(atOnce) }.model("scripted::m")
        assertTells(timeoutOf { deadline(2.seconds) { whole.ask("Hi") } }, TimeoutKind.DEADLINE, 2, said)
        val streamed = failingThenSilent().client { retry(atOnce) }.model("scripted::m")
        assertTells(
            timeoutOf { deadline(2.seconds) { streamed.stream("Hi").collect() } },
            TimeoutKind.DEADLINE,
            2,
            said,
        )
        val agent = ChatAgent.builder(failingThenSilent().client { retry(atOnce) }.model("scripted::m")).build()
        assertTells(timeoutOf { deadline(2.seconds) { agent.ask("Hi") } }, TimeoutKind.DEADLINE, 2, said)
    }

    @Test
    fun `a deadline that passes in a back-off says so`() = onVirtualTime {
        val asked = RateLimitedException("slow down", waiting(10))
        val model = ScriptedProvider(onChat = { throw asked }).client().model("scripted::m")
        val e = timeoutOf { deadline(2.seconds) { model.ask("Hi") } }
        assertEquals(1, e.attempts)
        assertEquals(listOf<Throwable>(asked), e.suppressed.toList())
        val said = Regex("it was waiting 1[01]\\d{3} ms before attempt 2; attempt 1 failed: slow down")
        assertTrue(said in e.message!!, e.message)
    }

    @Test
    fun `a total timeout in a limiter's queue names the limiter`() = onVirtualTime {
        val client = ScriptedProvider(onChat = { awaitCancellation() }).client {
            timeouts(total).concurrencyLimiter("scripted", ConcurrencyLimiter.fixed(1))
        }
        val unlimited = ModelOptions.builder().timeouts(Timeouts.DEFAULT).build()
        val holder = launch { client.model("scripted::m", unlimited).ask("first") }
        runCurrent()
        val e = timeoutOf { client.model("scripted::m").ask("second") }
        val said = "attempt 1 was waiting for the limiter of scripted, ConcurrencyLimiter(limit=1"
        assertTrue(said in e.message!!, e.message)
        holder.cancel()
    }

    @Test
    fun `a deadline over several calls names their provider and has all earlier failures`() = onVirtualTime {
        val failures = listOf(ProviderException("a"), ProviderException("b"))
        val left = ArrayDeque(failures)
        val model = ScriptedProvider(
            onChat = {
                left.removeFirstOrNull()?.let { throw it }
                awaitCancellation()
            },
        ).client { retry(atOnce) }.model("scripted::m")
        val e = timeoutOf { deadline(2.seconds) { gather({ model.ask("a") }, { model.ask("b") }) } }
        assertEquals("Timed out after 2s (2 calls were cancelled)", e.message)
        assertEquals(listOf("scripted", "m", null), listOf(e.provider, e.model, e.attempts))
        assertEquals(failures.toSet<Throwable>(), e.suppressed.toSet())
    }

    @Test
    fun `a deadline that passes in an agent's tool names the tool and has the usage`() = onVirtualTime {
        val call = ToolCall("1", "look_up", "{}")
        val lookUp = tool(ToolDefinition("look_up", "Looks up", emptyMap())) { awaitCancellation() }
        val model = ScriptedProvider(
            onChat = {
                ChatResponse
                    .builder()
                    .toolCalls(listOf(call))
                    .usage(Usage(5, 1))
                    .finish(FinishReason.TOOL_CALLS, null)
            },
        ).client().model("scripted::m")
        val agent = ChatAgent.builder(model).tool(lookUp).build()
        val e = timeoutOf { deadline(2.seconds) { agent.ask("Hi") } }
        assertEquals("Timed out after 2s (scripted::m: round 1 was running its tools: look_up)", e.message)
        assertEquals(listOf("scripted", Usage(5, 1)), listOf(e.provider, e.partialUsage))
    }

    @Test
    fun `a deadline around a retried operation has its failures`() = onVirtualTime {
        val failure = NetworkException("broken")
        var runs = 0
        val e = timeoutOf {
            deadline(2.seconds) { retry(atOnce) { if (runs++ == 0) throw failure else awaitCancellation() } }
        }
        assertEquals(listOf<Throwable>(failure), e.suppressed.toList())
        assertNull(e.provider)
    }

    @Test
    fun `a budget that withholds a retry says so`() = onVirtualTime {
        val model = ScriptedProvider(onChat = { throw ProviderException("HTTP 503") })
            .client { retryBudget(RetryBudget(0.0, 1)) }
            .model("scripted::m")
        val e = runCatchingAll { model.ask("Hi") } as LlmException
        assertEquals(2, e.attempts)
        assertEquals("HTTP 503 (not retried: the client's retry budget is used up, because many calls fail)", e.message)
    }

    @Test
    fun `a wait that does not fit into the total timeout says so`() = onVirtualTime {
        val model = ScriptedProvider(onChat = { throw RateLimitedException("HTTP 429", waiting(30)) })
            .client { timeouts(total) }
            .model("scripted::m")
        val e = runCatchingAll { model.ask("Hi") }
        val said = "HTTP 429 \\(not retried: the wait of 3\\d{4} ms would outlast the 2000 ms left of .*\\)"
        assertTrue(Regex(said).matches(e.message!!), e.message)
    }

    @Test
    fun `a failure that is final, or whose attempts are used up, has nothing added`() = onVirtualTime {
        val model = ScriptedProvider(onChat = { throw ProviderException("HTTP 503") }).client { retry(atOnce) }
        assertEquals("HTTP 503", runCatchingAll { model.model("scripted::m").ask("Hi") }.message)
    }

    @Test
    fun `a stream that is not retried because of what was handed on says what that was`() = onVirtualTime {
        suspend fun failureOf(send: suspend StreamSink.() -> Unit): Throwable {
            val provider = ScriptedProvider(onStream = { _, sink ->
                sink.send()
                throw NetworkException("broken")
            })
            return runCatchingAll { provider.client().model("scripted::m").stream("Hi").collect() }
        }
        assertEquals(
            "broken (not retried: reasoning was delivered, and another attempt would deliver it again)",
            failureOf { reasoning("hm") }.message,
        )
        assertEquals(
            "broken (not retried: part of the response was delivered, and another attempt would deliver it again)",
            failureOf { text("so") }.message,
        )
    }

    @Test
    fun `a token that comes after its limit is not in the hand of one who is told that none came`() = onVirtualTime {
        val provider = ScriptedProvider(onStream = { _, sink ->
            withContext(NonCancellable) { delay(600) }
            sink.text("late")
        })
        val limits = Timeouts.builder().firstToken(ofMillis(500)).build()
        val model = provider.client { timeouts(limits).retry(RetryPolicy.NONE) }.model("scripted::m")
        val events = mutableListOf<Any>()
        val e = timeoutOf { model.stream("Hi").collect { events += it } }
        assertEquals("scripted::m: no token within 500 ms", e.message)
        assertEquals(listOf(TimeoutKind.FIRST_TOKEN, null, 0), listOf(e.kind, e.partialText, events.size))
    }

    @Test
    fun `hidden reasoning is a token`() = onVirtualTime {
        val provider = ScriptedProvider(onStream = { _, sink ->
            sink.reasoningPart(ContentPart.Reasoning("", "sealed", "scripted"))
            awaitCancellation()
        })
        val limits = Timeouts.builder().firstToken(ofMillis(500)).betweenTokens(ofMillis(800)).build()
        val model = provider.client { timeouts(limits).retry(RetryPolicy.NONE) }.model("scripted::m")
        val e = timeoutOf { model.stream("Hi").toList() }
        assertEquals("scripted::m: no further token within 800 ms", e.message)
    }

    @Test
    fun `DEBUG tells of attempts, failures, waits and the end`() {
        val lines = debugLinesOf("dev.muster.call") {
            onVirtualTime {
                val limiter = RateLimiter.builder().requestsPerMinute(600).build()
                val model = failingThenSilent()
                    .client { timeouts(total).rateLimiter("scripted", limiter) }
                    .model("scripted::m")
                runCatchingAll { model.ask("a secret prompt") }
            }
        }
        val words = listOf(
            "attempt 1 starts",
            "admitted by the limiter of scripted, RateLimiter(learning=false, waiting=0) after 0 ms",
            "attempt 1 failed: ProviderException: first",
            "attempt 2 follows in",
            "attempt 2 starts",
            "admitted by the limiter of scripted",
            "cancelled while attempt 2 was running; attempt 1 failed: first, attempts: 2",
        )
        assertEquals(words.size, lines.size, lines.joinToString("\n"))
        words.zip(lines).forEach { (word, line) ->
            assertTrue(Regex("call \\d+ scripted::m: .*").matches(line) && word in line, line)
            assertTrue("secret" !in line, line)
        }
    }
}
