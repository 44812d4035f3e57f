package dev.muster.fake.internal

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.AnthropicFormat
import dev.muster.fake.internal.wire.ApiFormat
import dev.muster.fake.internal.wire.Asked
import dev.muster.fake.internal.wire.GeminiFormat
import dev.muster.fake.internal.wire.GeminiSingleEmbedding
import dev.muster.fake.internal.wire.Memory
import dev.muster.fake.internal.wire.OllamaFormat
import dev.muster.fake.internal.wire.OpenAiFamily
import dev.muster.fake.internal.wire.OpenAiFormat
import dev.muster.fake.internal.wire.ResponsesFormat
import dev.muster.fake.internal.wire.Route
import dev.muster.fake.internal.wire.Violation
import dev.muster.fake.internal.wire.json

/** Why a request is refused. */
internal class Refusal(val status: Int, val code: String?, val violation: Violation)

/** A request, as far as it could be parsed. */
internal class Admitted(
    /** The API format of the response, even if the path matches none. */
    val format: ApiFormat,
    val body: JsonNode? = null,
    /** The parsed request. Null for a refused request and for a list of models. */
    val asked: Asked? = null,
    val refusal: Refusal? = null,
)

/** Checks requests in the same order as a provider: path, method, key, JSON, schema. */
internal class Admission(private val settings: Settings, private val memory: Memory) {
    fun admit(request: HttpRequest): Admitted {
        val format = (settings.formats + FORMATS).firstOrNull { it.route(request.path, request::header) != null }
        val route = format?.route(request.path, request::header)
        val refusal =
            when {
                format == null -> notFound(request, null)

                !format.paths.has(request.path, format.method(request.path)) -> notFound(request, format)

                request.method != METHODS[route] ->
                    refusal(HttpStatus.METHOD_NOT_ALLOWED, "Not allowed to ${request.method} on ${request.path}.", null)

                else -> keyRefusal(format, request)
            }
        // Parsed for refused requests too: tests may look at the body.
        val (body, unreadable) = if (route == Route.MODELS || route == null) null to null else parse(request)
        val shape = format ?: OpenAiFormat
        val wrong =
            refusal ?: unreadable
                ?: if (body == null) queryRefusal(shape, request) else schemaRefusal(shape, request, body)
        return Admitted(shape, body, if (wrong == null) body?.let { shape.read(it, request) } else null, wrong)
    }

    /** Each provider has its own message for it. Only OpenAI has a code. */
    private fun notFound(request: HttpRequest, format: ApiFormat?): Refusal {
        val hint = format?.let { ": this method is at " + it.paths.hint(it.method(request.path)) }.orEmpty()
        val code = "unknown_url".takeIf { format == null || format is OpenAiFamily }
        return refusal(HttpStatus.NOT_FOUND, "No such path: ${request.path}$hint", code)
    }

    private fun schemaRefusal(format: ApiFormat, request: HttpRequest, body: JsonNode): Refusal? =
        (format.violation(body, settings.extraFields, request) ?: format.forgotten(body, memory))?.let {
            Refusal(HttpStatus.BAD_REQUEST, it.code, it)
        }

    private fun queryRefusal(format: ApiFormat, request: HttpRequest): Refusal? =
        format.queryViolation(request.parameters)?.let { Refusal(HttpStatus.BAD_REQUEST, it.code, it) }

    private fun keyRefusal(format: ApiFormat, request: HttpRequest): Refusal? {
        val key = format.key(request::header)
        val wanted = settings.key
        return when {
            wanted != null && key != null && key != wanted ->
                refusal(format.statusOfWrongKey, "Incorrect API key provided.", "invalid_api_key")

            key.isNullOrEmpty() && (wanted != null || format.keyRequired) && !settings.anonymous ->
                refusal(format.statusWithoutKey, "You didn't provide an API key.", null)

            else -> null
        }
    }

    private fun parse(request: HttpRequest): Pair<JsonNode?, Refusal?> = try {
        val node = json.readTree(request.body)
        if (node == null || node.isMissingNode) null to unreadable("it is empty") else node to null
    } catch (e: JsonProcessingException) {
        null to unreadable(e.originalMessage)
    }

    private fun unreadable(why: String) =
        refusal(HttpStatus.BAD_REQUEST, "We could not parse the JSON body of your request: $why", null)

    private fun refusal(status: Int, message: String, code: String?) =
        Refusal(status, code, Violation(message, null, code))

    private companion object {
        private val FORMATS =
            listOf<ApiFormat>(
                AnthropicFormat,
                GeminiFormat,
                GeminiSingleEmbedding,
                OpenAiFormat,
                ResponsesFormat,
                OllamaFormat,
            )
        private val METHODS = mapOf(Route.CHAT to "POST", Route.EMBEDDINGS to "POST", Route.MODELS to "GET")
    }
}
