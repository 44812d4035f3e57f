package dev.muster.java.cancel

import kotlinx.coroutines.CancellationException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CompletableFuture

/** The table can fail: a handle with one mistake turns its cells red. */
class CancelSelfTest {
    @Test
    fun `B25 a handle that cancels nothing is seen`() {
        val deaf = broken { running -> Twin({ System.nanoTime() }, running.ending) }
        listOf("queued for a slot", "back-off", "waiting for headers", "stalled").forEach {
            assertRed("has not ended") { run(it, deaf) }
        }
    }

    @Test
    fun `B25 a handle that says it has cancelled and lets the call run on is seen`() {
        val lying = broken { Twin({ System.nanoTime() }, CompletableFuture.completedFuture(STOPPED)) }
        listOf("queued for a slot", "connecting", "waiting for headers", "flowing", "stalled").forEach {
            assertRed("") { run(it, lying) }
        }
        // Nothing is open in this phase: only the next attempt reveals the mistake.
        assertRed("1 requests after the cancel") { run("back-off", lying) { it.awaitQuiet() } }
    }

    @Test
    fun `B25 a call that ends otherwise than by its handle is seen`() {
        val other = broken { Twin(it::cancel, CompletableFuture.completedFuture(IllegalStateException("mine"))) }
        assertRed("mine") { run("stalled", other) }
    }

    @Test
    fun `B25 the bounds are those of the promise`() {
        val quick = List(20) { 1_000_000L }
        assertEquals(emptyList<String>(), Figures(quick, quick).problems())
        assertEquals(1, Figures(quick.drop(1), quick).problems().size)
        assertEquals(1, Figures(List(20) { 50_000_000L }, quick).problems().size)
        assertEquals(1, Figures(quick.drop(1) + 1_001_000_000L, quick).problems().size)
        assertEquals(1, Figures(quick, List(20) { 20_000_000L }).problems().size)
    }

    private fun run(phase: String, handle: Handle, then: (Cell) -> Unit = {}) {
        // A cell that must be red waits in vain for this long.
        Cell(Phase.all.first { it.name == phase }, handle, Duration.ofMillis(300)).use {
            it.run(calls = 1)
            then(it)
        }
    }

    /** On a busy machine, the effect of a mistake can come after the check, so it gets another try. */
    private fun assertRed(why: String, cell: () -> Unit) {
        val red = (1..TRIES).firstNotNullOfOrNull { failure(cell) }
        assertNotNull(red, "not red")
        assertTrue(why in red?.message.orEmpty(), red?.message)
    }

    private fun failure(cell: () -> Unit): IllegalStateException? = try {
        cell()
        null
    } catch (e: IllegalStateException) {
        e
    }

    private fun broken(change: (Running) -> Running): Handle {
        val sound = KotlinHandles.all.first()
        return object : Handle by sound {
            override fun open(kind: Kind): Session {
                val session = sound.open(kind)
                return object : Session by session {
                    override fun start(onToken: Runnable): Running = change(session.start(onToken))
                }
            }
        }
    }

    private class Twin(private val how: () -> Long, override val ending: CompletableFuture<Throwable?>) : Running {
        override fun cancel(): Long = how()
    }

    private companion object {
        const val TRIES = 3
        val STOPPED = CancellationException("so it says")
    }
}
