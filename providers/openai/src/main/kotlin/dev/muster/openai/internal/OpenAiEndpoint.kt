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

/** An endpoint and what all it is asked for have in common. */
internal class OpenAiEndpoint(
    private val preset: Preset,
    private val settings: EndpointSettings,
    val http: ApiEndpoint,
) {
    val id: String get() = preset.id

    val dialect: Dialect get() = preset.dialect

    /** Fails where a key is needed and there is none; [subject] is what is asked for. */
    fun requireKey(subject: String) {
        if (preset.address.needsKey && !settings.isAuthenticated) throw settings.missingKey(subject)
    }

    /** How [model] is brought to answer [request] in its form. */
    fun structuredOutput(model: String, request: ChatRequest): StructuredOutputMode = when (dialect.structured) {
        StructuredForm.SCHEMA ->
            if (BEFORE_SCHEMAS.matches(model)) StructuredOutputMode.TOOL else StructuredOutputMode.NATIVE

        StructuredForm.SCHEMA_ALONE ->
            if (request.tools.isEmpty()) StructuredOutputMode.NATIVE else StructuredOutputMode.INSTRUCTION

        StructuredForm.TOOL -> StructuredOutputMode.TOOL

        StructuredForm.NONE -> StructuredOutputMode.INSTRUCTION
    }

    /** The call that [encode] writes for a chat. */
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
            }
        }

    /** Reads [text] as [form], which is called [name]. */
    @Suppress("LongParameterList")
    fun <T : Any> decode(
        call: ApiCall,
        form: DeserializationStrategy<T>,
        text: String,
        requestId: String?,
        name: String,
    ): T = readWire(form, text) ?: throw http.malformed(call, "the answer is not the JSON of $name", text, requestId)

    /** Throws what [error], the `error` of an answer, reports. */
    fun failIfReported(call: ApiCall, error: JsonElement?, requestId: String?) {
        val reported = error.reported() ?: return
        throw http.failureInStream(call, ErrorBody.ofError(reported), requestId)
    }

    private companion object {
        /** Models of OpenAI's from before there were schemas. */
        val BEFORE_SCHEMAS = Regex("gpt-3\\.5.*|gpt-4(-.*)?|gpt-4o-2024-05-13")
    }
}
