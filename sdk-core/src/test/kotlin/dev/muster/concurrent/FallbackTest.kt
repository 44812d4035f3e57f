package dev.muster.concurrent

import dev.muster.error.AllFailedException
import dev.muster.error.ClientClosedException
import dev.muster.error.ProviderException
import dev.muster.onVirtualTime
import dev.muster.runCatchingAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

class FallbackTest {
    private val ran = mutableListOf<String>()

    private fun fails(name: String, failure: Throwable = ProviderException(name)): suspend () -> String = {
        ran += name
        throw failure
    }

    private fun gives(name: String): suspend () -> String = {
        ran += name
        name
    }

    @Test
    fun `B32 the second answers where the first fails, and the third is not asked`() = onVirtualTime {
        assertEquals("b", fallback(fails("a"), gives("b"), gives("c")))
        assertEquals(listOf("a", "b"), ran)
    }

    @Test
    fun `B32 all failures are told in their order`() = onVirtualTime {
        val e = runCatchingAll { fallback(fails("a"), fails("b")) } as AllFailedException
        assertEquals(listOf("a", "b"), e.causes.map { it.message })
    }

    @Test
    fun `B32 a timeout of the first is its failure`() = onVirtualTime {
        assertEquals("b", fallback({ withTimeout(10) { awaitCancellation() } }, gives("b")))
    }

    @Test
    fun `B32 nothing stands in for a cancelled call or a closed client`() = onVirtualTime {
        listOf(CancellationException("mine"), ClientClosedException("closed")).forEach {
            assertSame(it, runCatchingAll { fallback(fails("a", it), gives("b")) })
        }
        assertEquals(listOf("a", "a"), ran)
    }

    @Test
    fun `B32 cancelling the caller starts no other`() = onVirtualTime {
        val running = async {
            fallback(
                {
                    ran += "a"
                    delay(1000)
                    "a"
                },
                gives("b"),
            )
        }
        delay(10)
        running.cancel()
        running.join()
        assertEquals(listOf("a"), ran)
    }

    @Test
    fun `no call at all is refused`() = onVirtualTime {
        assertEquals(
            IllegalArgumentException::class.java,
            runCatchingAll { fallback(emptyList<suspend () -> String>()) }.javaClass,
        )
    }
}
