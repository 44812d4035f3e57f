package dev.muster.openai.internal

import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.StructuredOutputMode
import dev.muster.error.ErrorContext
import dev.muster.http.ApiCall
import dev.muster.http.ApiEndpoint
import dev.muster.http.EndpointSettings
import dev.muster.http.ErrorBody
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.json.JsonElement

/** An endpoint, and what all its requests share. */
internal class OpenAiEndpoint(
    private val preset: Preset,
    private val settings: EndpointSettings,
    val http: ApiEndpoint,
) {
    val id: String get() = preset.id

    val dialect: Dialect get() = preset.dialect

    /** Throws if the endpoint needs a key and has none. The message names [subject], usually the model. */
    fun requireKey(subject: String) {
        if (preset.address.needsKey && !settings.isAuthenticated) throw settings.missingKey(subject)
    }

    /** Returns how [model] is made to respond to [request] in the requested schema. */
    fun structuredOutput(model: String, request: ChatRequest): StructuredOutputMode = when (dialect.structured) {
        StructuredForm.SCHEMA ->
            if (BEFORE_SCHEMAS.matches(model)) StructuredOutputMode.TOOL else StructuredOutputMode.NATIVE

        StructuredForm.SCHEMA_ALONE ->
            if (request.tools.isEmpty()) StructuredOutputMode.NATIVE else StructuredOutputMode.INSTRUCTION

        StructuredForm.TOOL -> StructuredOutputMode.TOOL

        StructuredForm.NONE -> StructuredOutputMode.INSTRUCTION
    }

    /** Returns the call for a chat, with the body that [encode] writes. */
    fun call(path: String, model: String, request: ChatRequest, encode: (RequestWriter) -> ByteArray): ApiCall {
        requireKey(model)
        val context = ErrorContext.builder().provider(id).model(model).build()
        return ApiCall(path, model, encode(RequestWriter(request, dialect, context))) {
            request.messages.flatMap(::privateTexts)
        }
    }

    private fun privateTexts(message: Message): List<String> = message.toolCalls.map { it.arguments } +
        message.content.mapNotNull { part ->
            when (part) {
                is ContentPart.Text -> part.text
                is ContentPart.Media -> part.url
                is ContentPart.Reasoning -> part.text
                is ContentPart.Opaque -> part.json
                else -> null
            }
        }

    /** Parses [text] as [form]; [name] describes it in the error message. */
    @Suppress("LongParameterList")
    fun <T : Any> decode(
        call: ApiCall,
        form: DeserializationStrategy<T>,
        text: String,
        requestId: String?,
        name: String,
    ): T = readWire(form, text) ?: throw http.malformed(call, "cannot parse the response as $name", text, requestId)

    /** Throws if [error], the `error` field of a response, reports an error. */
    fun failIfReported(call: ApiCall, error: JsonElement?, requestId: String?) {
        val reported = error.reported() ?: return
        throw http.failureInStream(call, ErrorBody.ofError(reported), requestId)
    }

    private companion object {
        /** OpenAI models that do not support schemas. */
        val BEFORE_SCHEMAS = Regex("gpt-3\\.5.*|gpt-4(-.*)?|gpt-4o-2024-05-13")
    }
}
