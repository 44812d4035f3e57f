package dev.muster.fake.internal

import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.wire.Asked

internal enum class Phase { WAITING, ANSWERING, COMPLETED, CUT, DISCONNECTED }

/**
 * The timestamps of an exchange, copied under the ledger's lock. They are nanoTime values, or null for what has not
 * happened.
 */
internal class Progress(
    val phase: Phase,
    val firstByteAt: Long?,
    val endedAt: Long?,
    val disconnectedAt: Long?,
    val tokensSent: Int,
)

/**
 * One request and its progress. The constructor properties are immutable. The rest is guarded by the [Ledger]'s lock.
 */
internal class Exchange(
    val index: Int,
    val http: HttpRequest,
    /** The body as JSON, or null if it is not JSON. */
    val json: JsonNode?,
    /** The parsed request, or null if it was refused or is not a chat or embedding request. */
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
