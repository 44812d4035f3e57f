package dev.muster.contract

import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.http.transport.JdkTransport
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod
import org.junit.platform.testkit.engine.EngineTestKit
import java.io.IOException

/** A contract fails for a transport that breaks it. */
internal class FaultyTransportTest {
    @Test
    fun `a transport that hides how a connection failed does not pass`() {
        val row = "a refused connection and an unknown host are IOExceptions"
        assertEquals(1L to 0L, results(Sound::class.java, row))
        assertEquals(0L to 1L, results(Hiding::class.java, row))
    }

    /** How many tests named [row] of [contract] succeeded and failed. */
    private fun results(contract: Class<out TransportContract>, row: String): Pair<Long, Long> = EngineTestKit
        .engine("junit-jupiter")
        .selectors(selectMethod(contract, row))
        .execute()
        .testEvents()
        .run { succeeded().count() to failed().count() }

    internal class Sound : TransportContract() {
        override fun newTransport(): HttpTransport = JdkTransport()
    }

    internal class Hiding : TransportContract() {
        override fun newTransport(): HttpTransport = HidingTransport(JdkTransport())
    }

    private class HidingTransport(private val real: HttpTransport) : HttpTransport by real {
        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T = try {
            real.exchange(request, handle)
        } catch (e: IOException) {
            throw IllegalStateException("something went wrong", e)
        }
    }
}
