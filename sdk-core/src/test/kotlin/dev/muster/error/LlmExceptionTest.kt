package dev.muster.error

import dev.muster.waiting
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test
import java.time.Duration

class LlmExceptionTest {
    @Test
    fun `crossing a coroutine keeps the exception itself`() = runTest {
        val thrown = RateLimitedException("slow down", waiting(3))
        supervisorScope {
            val failing = async(Dispatchers.Default) { withContext(Dispatchers.IO) { throw thrown } }
            assertSame(thrown, dev.muster.runCatchingAll { failing.await() })
        }
    }

    @Test
    fun `all causes of AllFailedException are listed`() {
        val causes = listOf(ProviderException("a"), AuthenticationException("b"))
        val e = AllFailedException("both failed", causes)
        assertEquals(causes, e.causes)
        assertEquals(causes, e.suppressed.toList())
        assertSame(causes[0], e.cause)
    }

    @Test
    fun `the retryable flag follows the kind`() {
        val limit = Duration.ofSeconds(1)
        val flags =
            listOf(
                AuthenticationException("") to false,
                MissingApiKeyException("") to false,
                InsufficientFundsException("") to false,
                ModelNotFoundException("") to false,
                InvalidRequestException("") to false,
                ContextLengthExceededException("") to false,
                ContentFilteredException("") to false,
                RateLimitedException("") to true,
                ProviderException("") to true,
                NetworkException("") to true,
                NetworkException("", isRetryable = false) to false,
                MalformedResponseException("") to false,
                LlmTimeoutException("", TimeoutKind.ATTEMPT, limit) to true,
                LlmTimeoutException("", TimeoutKind.TOOL, limit) to false,
                LlmTimeoutException("", TimeoutKind.FIRST_TOKEN, limit) to true,
                LlmTimeoutException("", TimeoutKind.TOTAL, limit) to false,
                LlmTimeoutException("", TimeoutKind.DEADLINE, limit) to false,
                AllFailedException("", listOf(AuthenticationException(""), ProviderException(""))) to true,
                AllFailedException("", listOf(AuthenticationException(""))) to false,
            )
        flags.forEach { (e, retryable) -> assertEquals(retryable, e.isRetryable, e.javaClass.simpleName) }
    }
}
