package dev.muster.context.internal

import dev.muster.context.ContextCarrier
import dev.muster.context.ContextCarrier.Captured
import dev.muster.context.ContextCarrier.Restored
import org.slf4j.MDC

/** Carries SLF4J's MDC. */
internal class MdcCarrier : ContextCarrier {
    override fun capture(): Captured? {
        val carried = MDC.getCopyOfContextMap()?.ifEmpty { null } ?: return null
        return Captured {
            val before = MDC.getCopyOfContextMap()
            MDC.setContextMap(carried)
            Restored { if (before == null) MDC.clear() else MDC.setContextMap(before) }
        }
    }
}
