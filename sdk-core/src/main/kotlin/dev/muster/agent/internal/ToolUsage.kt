package dev.muster.agent.internal

import dev.muster.chat.Usage
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** Collects the usage of agents that run as tools, for the agent whose tools they are. */
internal class ToolUsage : AbstractCoroutineContextElement(Key) {
    private val sum = AtomicReference<Usage?>()

    /** Adds [usage]. Thread-safe. */
    fun add(usage: Usage?) {
        if (usage != null) sum.accumulateAndGet(usage, ::sum)
    }

    /** Returns the usage added since the last call, or null if none was. */
    fun take(): Usage? = sum.getAndSet(null)

    companion object Key : CoroutineContext.Key<ToolUsage>
}

/** Adds [a] and [b]; null if both are. */
internal fun sum(a: Usage?, b: Usage?): Usage? = if (a == null || b == null) a ?: b else a + b
