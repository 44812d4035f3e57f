package dev.muster.gemini.internal

import dev.muster.error.ContentFilteredException
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpoint.ApiCall
import dev.muster.http.endpoint.ApiEndpoint
import dev.muster.http.endpoint.ErrorBody
import kotlinx.serialization.DeserializationStrategy
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject

/** The API at one base URL: its paths, and what all its methods share. */
internal class GeminiApi(
    /** `/v1beta`, or empty if the base URL has a version. */
    private val version: String,
    val endpoint: ApiEndpoint,
) {
    /** Returns Google's full name of [model]. */
    fun nameOf(model: String): String = if (FULL_NAMES.any(model::startsWith)) model else "models/$model"

    /** Returns the path of [method] of [model]. */
    fun pathOf(model: String, method: String): String {
        checkName(model)
        return "$version/${encodePath(nameOf(model))}:$method"
    }

    /** Returns the path of the list of models. */
    fun modelsPath(query: String): String = "$version/models?$query"

    /** Decodes [text]. If it does not fit, throws the error that it reports, else that it is malformed. */
    fun <T> decode(type: DeserializationStrategy<T>, call: ApiCall, text: String, requestId: String?): T = try {
        PROVIDER_JSON.decodeFromString(type, text)
    } catch (_: IllegalArgumentException) {
        throw unreadable(call, text, requestId)
    }

    /** Decodes the responses in [text], usually one. If it does not fit, throws as [decode] does. */
    fun answers(call: ApiCall, text: String, requestId: String?): List<WireResponse> {
        val json =
            try {
                PROVIDER_JSON.parseToJsonElement(text)
            } catch (_: SerializationException) {
                null
            }
        // A server that streams without server-sent events sends a list.
        val answers = json as? JsonArray ?: listOfNotNull(json)
        if (answers.isNotEmpty() &&
            answers.all { it is JsonObject }
        ) {
            return answers.map { WireResponse(it as JsonObject) }
        }
        throw unreadable(call, text, requestId)
    }

    private fun unreadable(call: ApiCall, text: String, requestId: String?): LlmException {
        val error = ErrorBody.parse(text)
        if (error.code != null || error.message != null) return endpoint.failureInStream(call, error, requestId)
        // Without its cause, whose message repeats the response.
        return endpoint.malformed(call, "cannot parse the response", text, requestId)
    }

    /** Returns the failure for a model that generated nothing and ended with [reason], explained by [words]. */
    fun gaveUp(call: ApiCall, reason: String?, words: String?, requestId: String?): LlmException {
        val why = "the response ended without any content: try again" + words?.let { " ($it)" }.orEmpty()
        return endpoint.failureInStream(call, ErrorBody(reason ?: "no finish reason", null, why), requestId)
    }

    /** Returns the failure for a prompt that was blocked for [reason]. Nothing was generated. */
    fun blocked(call: ApiCall, reason: String, requestId: String?): ContentFilteredException {
        val code = endpoint.withoutSecrets(reason)
        val context =
            endpoint
                .contextOf(call.model)
                .toBuilder()
                .status(OK)
                .code(code)
                .requestId(requestId?.let(endpoint::withoutSecrets))
                .build()
        val why = "the prompt was blocked ($code): rephrase it"
        return ContentFilteredException("${endpoint.provider}::${call.model}: $why", context)
    }

    /** Returns the failure for a request to [model] that the API does not support. */
    fun refusal(model: String, why: String): InvalidRequestException =
        InvalidRequestException("${endpoint.provider}::$model: $why", endpoint.contextOf(model))

    /** The name becomes part of the path, so it must not change where the path leads. */
    private fun checkName(model: String) {
        val isPath = model.split('/').all { it.isNotEmpty() && it != "." && it != ".." }
        val isPlain = model.none { it.isWhitespace() || it.isISOControl() || it in NEVER_IN_NAMES }
        if (isPath && isPlain) return
        throw refusal(
            model,
            "not a valid model name: use Google's name, such as gemini-2.5-flash or tunedModels/mine",
        )
    }

    private companion object {
        const val OK = 200
        const val NEVER_IN_NAMES = "?#\\%"
        val FULL_NAMES = listOf("models/", "tunedModels/", "publishers/", "projects/")
    }
}

/** Percent-encodes characters that a path cannot contain, and the colon, which separates the method. */
internal fun encodePath(name: String): String = buildString {
    for (byte in name.toByteArray()) {
        val c = (byte.toInt() and BYTE).toChar()
        if (c in UNRESERVED) {
            append(c)
        } else {
            append('%').append(c.code.toString(HEX).uppercase().padStart(2, '0'))
        }
    }
}

private val UNRESERVED = ('a'..'z') + ('A'..'Z') + ('0'..'9') + "-._~/".toList()
private const val BYTE = 0xFF
private const val HEX = 16
