@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.forEachSurely
import dev.muster.context.ContextCarrier
import kotlinx.coroutines.currentCoroutineContext
import java.util.ServiceLoader
import java.util.concurrent.Callable
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/**
 * A captured context that also adds elements to the context of the call's coroutines, such as a test's clock. Not a
 * part of [ContextCarrier.Captured], because Java code implements that and must not see a type of Kotlin.
 */
@InternalMusterApi
public interface CoroutineCaptured : ContextCarrier.Captured {
    /** Returns the elements to add. */
    public fun coroutineContext(): CoroutineContext
}

/** The context that all [ContextCarrier]s captured when a call was started. */
@InternalMusterApi
public class CarriedContext private constructor(private val captured: List<ContextCarrier.Captured>) :
    AbstractCoroutineContextElement(CarriedContext) {
    /** Returns [task], which then runs with the captured context. */
    public fun <T> around(task: Callable<T>): Callable<T> = Callable {
        val restored = restore()
        try {
            task.call()
        } finally {
            restored.close()
        }
    }

    /** Makes the captured context current on this thread: all of it, or nothing if a carrier throws. */
    public fun restore(): ContextCarrier.Restored = all { it.restore() }

    /** Calls [begin] for each and returns one object that closes all results, in reverse order. */
    @Suppress("TooGenericExceptionCaught") // It is rethrown.
    private fun all(begin: (ContextCarrier.Captured) -> ContextCarrier.Restored?): ContextCarrier.Restored {
        val begun = ArrayList<ContextCarrier.Restored>(captured.size)
        val all = ContextCarrier.Restored { begun.asReversed().forEachSurely { it.close() } }
        try {
            captured.forEach { one -> begin(one)?.let(begun::add) }
        } catch (e: Throwable) {
            all.close()
            throw e
        }
        return all
    }

    /** Returns [task], which then runs with the captured context. */
    public fun around(task: Runnable): Runnable = Runnable { around(Callable { task.run() }).call() }

    /** Reports that this thread is about to wait: see [ContextCarrier.Captured.waiting]. Null: nothing to close. */
    public fun waiting(): ContextCarrier.Restored? {
        var waits = false
        val all = all { one -> one.waiting()?.also { waits = true } }
        return if (waits) all else null
    }

    /** Returns the coroutine context of a call: [base] plus the captured context. */
    public fun over(base: CoroutineContext): CoroutineContext =
        captured.filterIsInstance<CoroutineCaptured>().fold(base + this) { context, one ->
            context +
                one.coroutineContext()
        }

    /** Captures the context. */
    public companion object Key : CoroutineContext.Key<CarriedContext> {
        private val CARRIERS: List<ContextCarrier> =
            ServiceLoader.load(ContextCarrier::class.java, ContextCarrier::class.java.classLoader).toList()

        /** Captures the current context of this thread, or returns null if there is none. */
        @JvmStatic
        public fun capture(): CarriedContext? {
            val captured = CARRIERS.mapNotNull { it.capture() }
            return if (captured.isEmpty()) null else CarriedContext(captured)
        }
    }
}

/** Runs user [code] with the carried context of the current call. */
@InternalMusterApi
internal suspend fun <T> carried(code: () -> T): T {
    val carried = currentCoroutineContext()[CarriedContext] ?: return code()
    return carried.around(Callable(code)).call()
}
