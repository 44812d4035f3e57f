package dev.muster.anthropic.internal

import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import kotlinx.serialization.SerializationException

/** What [reader] reads of [text], which has come for [call]. */
internal inline fun <T> ApiEndpoint.read(call: ApiCall, text: String, requestId: String?, reader: () -> T): T = try {
    reader()
} catch (_: SerializationException) {
    // Without its cause, whose message repeats the answer.
    throw malformed(call, "the answer is not the JSON of a message", text, requestId)
}
