package dev.muster.observe

import java.util.concurrent.atomic.AtomicBoolean
import java.util.function.Consumer

/**
 * One call under measurement by a [ConcurrencyMeter]. The first of its methods to be called ends it, the others then
 * do nothing.
 */
public class Measurement internal constructor(private val onEnd: Consumer<Boolean>) : AutoCloseable {
    private val ended = AtomicBoolean()

    /** The call has given its value. */
    public fun succeed(): Unit = end(failed = false)

    /** The call has failed. */
    public fun fail(): Unit = end(failed = true)

    /** The call was cancelled: it counts, but not as a failure. */
    public fun cancel(): Unit = end(failed = false)

    /** As [fail], where the call has not ended before. */
    override fun close(): Unit = fail()

    private fun end(failed: Boolean) {
        if (ended.compareAndSet(false, true)) onEnd.accept(failed)
    }
}
