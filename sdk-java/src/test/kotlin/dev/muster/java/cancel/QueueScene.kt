package dev.muster.java.cancel

import dev.muster.MusterClient
import dev.muster.contract.HandClock
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import dev.muster.resilience.ConcurrencyLimiter
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import java.time.Duration

/**
 * A server whose only slot is taken by another client. Nothing of the call is open: a cancelled call gives up its place
 * in the queue.
 */
internal class QueueScene : Scene {
    private val server = FakeServer.start().otherwise(FakeReply.hang())
    private val holding = CoroutineScope(Dispatchers.Default)

    override val url: String get() = server.openAiUrl

    override val limiter: ConcurrencyLimiter = ConcurrencyLimiter.fixed(1)

    private val holder = MusterClient {
        environment(emptyMap())
        provider("openai") { it.baseUrl(server.openAiUrl).apiKey("test-key") }
        concurrencyLimiter("openai", limiter)
    }

    private val first = holding.launch { askForSlot("First") }

    init {
        server.awaitRequests(1, PATIENCE)
    }

    override fun begin() = Unit

    override fun entered(time: Duration): Boolean = polled(time) { limiter.waiting > 0 }

    override fun awaitClosed(time: Duration): Long? {
        check(polled(time) { limiter.waiting == 0 }) { "$limiter" }
        return System.nanoTime()
    }

    override fun surplus(): Int = server.requests.count { it.prompt == Handle.PROMPT }

    /** Releases the slot and joins the queue: calls that still wait there send first. */
    override fun goOn(clock: HandClock) {
        holding.launch { askForSlot("Next") }
        check(polled(PATIENCE) { limiter.waiting > 0 }) { "$limiter" }
        first.cancel()
        server.awaitRequests(2, PATIENCE)
    }

    private suspend fun askForSlot(prompt: String) = holder.model("openai::gpt-4o-mini").ask(prompt)

    override fun close() {
        holding.cancel()
        holder.close()
        server.close()
    }
}
