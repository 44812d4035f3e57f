package dev.muster.http.transport.internal

import io.mockk.every
import io.mockk.mockk
import io.mockk.verify
import org.junit.jupiter.api.Test
import java.util.concurrent.Flow

class JdkBodyTest {
    private val exchange =
        mockk<JdkExchange>(relaxed = true) {
            every { closedByClient() } returns dev.muster.error.ClientClosedException("closed")
        }
    private val subscription = mockk<Flow.Subscription>(relaxed = true)

    @Test
    fun `a cancel that comes after the end leaves the connection alone, which may be another's by then`() {
        val body = JdkBody(exchange) {}
        body.onSubscribe(subscription)
        body.onComplete()
        body.cancel()
        verify(exactly = 0) { subscription.cancel() }
        verify(exactly = 1) { exchange.bodyEnded() }
    }

    @Test
    fun `a cancel that crosses the headers ends the subscription when it comes`() {
        val body = JdkBody(exchange) {}
        body.cancel()
        body.onSubscribe(subscription)
        verify(exactly = 1) { subscription.cancel() }
        verify(exactly = 0) { subscription.request(any()) }
    }
}
