package dev.muster.observe

import java.util.concurrent.atomic.AtomicBoolean
import java.util.function.Consumer

/** The measurement of one call by a [ConcurrencyMeter]. The first method called ends it; later calls do nothing. */
public class Measurement internal constructor(private val onEnd: Consumer<Boolean>) : AutoCloseable {
    private val ended = AtomicBoolean()

    /** Ends the call as succeeded. */
    public fun succeed(): Unit = end(failed = false)

    /** Ends the call as failed. */
    public fun fail(): Unit = end(failed = true)

    /** Ends the call as cancelled. It is counted, but not as failed. */
    public fun cancel(): Unit = end(failed = false)

    /** Ends the call as failed, if it has not ended yet. */
    override fun close(): Unit = fail()

    private fun end(failed: Boolean) {
        if (ended.compareAndSet(false, true)) onEnd.accept(failed)
    }
}
