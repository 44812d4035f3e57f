@file:OptIn(InternalMusterApi::class)

package dev.muster.java.errors

import dev.muster.annotation.InternalMusterApi
import dev.muster.context.ContextCarrier
import dev.muster.facade.CoroutineCaptured
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/** Throws in the step that the starting thread has set, and carries nothing on other threads. */
class FaultyCarrier : ContextCarrier {
    enum class Step { CAPTURE, CONTEXT, RESTORE, PUT_BACK, WAITING, WOKEN }

    override fun capture(): ContextCarrier.Captured? {
        val plan = PLAN.get() ?: return null
        plan.reached(Step.CAPTURE)
        return object : CoroutineCaptured {
            override fun restore(): ContextCarrier.Restored {
                plan.reached(Step.RESTORE)
                return ContextCarrier.Restored { plan.reached(Step.PUT_BACK) }
            }

            override fun coroutineContext(): CoroutineContext {
                plan.reached(Step.CONTEXT)
                return EmptyCoroutineContext
            }

            override fun waiting(): ContextCarrier.Restored {
                plan.reached(Step.WAITING)
                return ContextCarrier.Restored { plan.reached(Step.WOKEN) }
            }
        }
    }

    private class Plan(private val step: Step, private val error: Error) {
        fun reached(step: Step) {
            if (step == this.step) throw error
        }
    }

    internal companion object {
        private val PLAN = ThreadLocal<Plan?>()

        /** Throws [error] in [step] of everything that [block] starts. */
        fun <T> throwing(step: Step, error: Error, block: () -> T): T {
            PLAN.set(Plan(step, error))
            try {
                return block()
            } finally {
                PLAN.remove()
            }
        }
    }
}
