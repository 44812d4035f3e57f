package dev.muster.anthropic.internal

import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import kotlinx.serialization.SerializationException

/** Runs [reader], which parses [text], the response to [call]. */
internal inline fun <T> ApiEndpoint.read(call: ApiCall, text: String, requestId: String?, reader: () -> T): T = try {
    reader()
} catch (_: SerializationException) {
    // Without its cause, whose message repeats the response.
    throw malformed(call, "cannot parse the response as a message", text, requestId)
}
