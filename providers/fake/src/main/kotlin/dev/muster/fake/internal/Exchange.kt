package dev.muster.fake.internal

import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.wire.Asked

internal enum class Phase { WAITING, ANSWERING, COMPLETED, CUT, DISCONNECTED }

/** Stamps of an exchange, copied while the ledger's lock is held; nanoTime values, null for what has not happened. */
internal class Progress(
    val phase: Phase,
    val firstByteAt: Long?,
    val endedAt: Long?,
    val disconnectedAt: Long?,
    val tokensSent: Int,
)

/** One request and what became of it. The fixed part is immutable; the rest belongs to the [Ledger], under its lock. */
internal class Exchange(
    val index: Int,
    val http: HttpRequest,
    /** The body as JSON, or null when it is none. */
    val json: JsonNode?,
    /** What was asked for, or null when the request was refused or is no chat. */
    val asked: Asked?,
    /** Why the server refused the request, or null. */
    val rejection: String?,
    val arrivedAt: Long,
) {
    var phase = Phase.WAITING
    var firstByteAt: Long? = null
    var endedAt: Long? = null
    var disconnectedAt: Long? = null
    var tokensSent = 0

    val ended: Boolean get() = phase >= Phase.COMPLETED

    fun progress(): Progress = Progress(phase, firstByteAt, endedAt, disconnectedAt, tokensSent)
}
