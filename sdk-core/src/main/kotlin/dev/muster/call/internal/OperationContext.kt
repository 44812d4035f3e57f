@file:OptIn(InternalMusterApi::class)

package dev.muster.call.internal

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.BlockingContextElement
import dev.muster.context.ContextCarrier
import dev.muster.context.ContextCarrier.Captured
import dev.muster.context.ContextCarrier.Restored
import dev.muster.facade.CoroutineCaptured
import kotlinx.coroutines.currentCoroutineContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The operation that the code runs in. */
internal open class OperationContext(val operation: Operation) : AbstractCoroutineContextElement(Key) {
    /** Whether the code is part of the operation. The code of a tool only runs for it. */
    open val isPart: Boolean get() = !operation.hasEnded

    companion object Key : CoroutineContext.Key<OperationContext>
}

/** The operation whose tool the code runs in. Also kept with the thread, because blocking code has no context. */
internal class ToolContext(operation: Operation) :
    OperationContext(operation),
    BlockingContextElement<ToolContext?> {
    override val isPart: Boolean get() = false

    override fun updateThreadContext(context: CoroutineContext): ToolContext? = swap(this)

    override fun restoreThreadContext(context: CoroutineContext, oldState: ToolContext?) {
        swap(oldState)
    }

    companion object {
        private val OF_THREAD = ThreadLocal<ToolContext?>()

        fun ofThread(): ToolContext? = OF_THREAD.get()

        /** Sets the thread's context to [next] and returns the previous one. */
        fun swap(next: ToolContext?): ToolContext? {
            val before = OF_THREAD.get()
            if (next == null) OF_THREAD.remove() else OF_THREAD.set(next)
            return before
        }
    }
}

/** Carries the [ToolContext] of a thread along with the calls that are started on it. */
internal class ToolContextCarrier : ContextCarrier {
    override fun capture(): Captured? = ToolContext.ofThread()?.let(::OfTool)

    private class OfTool(private val context: ToolContext) : CoroutineCaptured {
        override fun restore(): Restored {
            val before = ToolContext.swap(context)
            return Restored { ToolContext.swap(before) }
        }

        override fun coroutineContext(): CoroutineContext = context
    }
}

/** The context of the operation that the caller runs in or for, or null. */
internal suspend fun currentOperation(): OperationContext? =
    currentCoroutineContext()[OperationContext] ?: ToolContext.ofThread()
