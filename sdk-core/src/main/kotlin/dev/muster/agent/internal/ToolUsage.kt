package dev.muster.agent.internal

import dev.muster.chat.Usage
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** Where a tool that is an agent says what it has used, for the agent whose tool it is. */
internal class ToolUsage : AbstractCoroutineContextElement(Key) {
    private val sum = AtomicReference<Usage?>()

    /** Adds [usage], from whichever thread. */
    fun add(usage: Usage?) {
        if (usage != null) sum.accumulateAndGet(usage, ::sum)
    }

    /** What was added since the last time; null where that is nothing. */
    fun take(): Usage? = sum.getAndSet(null)

    companion object Key : CoroutineContext.Key<ToolUsage>
}

/** Null where neither says. */
internal fun sum(a: Usage?, b: Usage?): Usage? = if (a == null || b == null) a ?: b else a + b
