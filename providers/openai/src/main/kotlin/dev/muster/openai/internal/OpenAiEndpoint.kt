package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.StructuredOutputMode
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.json.JsonElement

/** An endpoint, and what all its requests share. */
internal class OpenAiEndpoint(val dialect: Dialect, val http: ApiEndpoint) {
    /** Returns how [model] is made to respond to [request] in the requested schema. */
    fun structuredOutput(model: String, request: ChatRequest): StructuredOutputMode = when (dialect.structured) {
        StructuredFormat.SCHEMA ->
            if (BEFORE_SCHEMAS.matches(model)) StructuredOutputMode.TOOL else StructuredOutputMode.NATIVE

        StructuredFormat.SCHEMA_ALONE ->
            if (request.tools.isEmpty()) StructuredOutputMode.NATIVE else StructuredOutputMode.INSTRUCTION

        StructuredFormat.TOOL -> StructuredOutputMode.TOOL

        StructuredFormat.NONE -> StructuredOutputMode.INSTRUCTION
    }

    /** Returns the call for a chat, with the body that [encode] writes. */
    fun call(path: String, model: String, request: ChatRequest, encode: (RequestWriter) -> ByteArray): ApiCall =
        http.chatCall(path, model, request) { encode(RequestWriter(request, dialect, it)) }

    /** Parses [text] as [type]; [name] describes it in the error message. */
    @Suppress("LongParameterList")
    fun <T : Any> decode(
        call: ApiCall,
        type: DeserializationStrategy<T>,
        text: String,
        requestId: String?,
        name: String,
    ): T = readWire(type, text) ?: throw http.malformed(call, "cannot parse the response as $name", text, requestId)

    /** Throws if [error], the `error` field of a response, reports an error. */
    fun failIfReported(call: ApiCall, error: JsonElement?, requestId: String?) {
        http.failIfReported(call, error.reported(), requestId)
    }

    private companion object {
        /** OpenAI models that do not support schemas. */
        val BEFORE_SCHEMAS = Regex("gpt-3\\.5.*|gpt-4(-.*)?|gpt-4o-2024-05-13")
    }
}
