package dev.muster.fake.internal

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.AnthropicForm
import dev.muster.fake.internal.wire.Asked
import dev.muster.fake.internal.wire.GeminiForm
import dev.muster.fake.internal.wire.GeminiSingleEmbedding
import dev.muster.fake.internal.wire.Memory
import dev.muster.fake.internal.wire.OllamaForm
import dev.muster.fake.internal.wire.OpenAiFamily
import dev.muster.fake.internal.wire.OpenAiForm
import dev.muster.fake.internal.wire.ResponsesForm
import dev.muster.fake.internal.wire.Route
import dev.muster.fake.internal.wire.Violation
import dev.muster.fake.internal.wire.WireForm
import dev.muster.fake.internal.wire.json

/** Why a request is refused. */
internal class Refusal(val status: Int, val code: String?, val violation: Violation)

/** A request, as far as it could be parsed. */
internal class Admitted(
    /** The API format of the response, even if the path matches none. */
    val form: WireForm,
    val body: JsonNode? = null,
    /** The parsed request. Null for a refused request and for a list of models. */
    val asked: Asked? = null,
    val refusal: Refusal? = null,
)

/** Checks requests in the same order as a provider: path, method, key, JSON, schema. */
internal class Admission(private val settings: Settings, private val memory: Memory) {
    fun admit(request: HttpRequest): Admitted {
        val form = (settings.formats + FORMS).firstOrNull { it.route(request.path, request::header) != null }
        val route = form?.route(request.path, request::header)
        val refusal =
            when {
                form == null -> notFound(request, null)

                !form.paths.has(request.path, form.method(request.path)) -> notFound(request, form)

                request.method != METHODS[route] ->
                    refusal(HttpStatus.METHOD_NOT_ALLOWED, "Not allowed to ${request.method} on ${request.path}.", null)

                else -> keyRefusal(form, request)
            }
        // Parsed for refused requests too: tests may look at the body.
        val (body, unreadable) = if (route == Route.MODELS || route == null) null to null else parse(request)
        val shape = form ?: OpenAiForm
        val wrong =
            refusal ?: unreadable
                ?: if (body == null) queryRefusal(shape, request) else schemaRefusal(shape, request, body)
        return Admitted(shape, body, if (wrong == null) body?.let { shape.read(it, request) } else null, wrong)
    }

    /** Each provider has its own message for it. Only OpenAI has a code. */
    private fun notFound(request: HttpRequest, form: WireForm?): Refusal {
        val hint = form?.let { ": this method is at " + it.paths.hint(it.method(request.path)) }.orEmpty()
        val code = "unknown_url".takeIf { form == null || form is OpenAiFamily }
        return refusal(HttpStatus.NOT_FOUND, "No such path: ${request.path}$hint", code)
    }

    private fun schemaRefusal(form: WireForm, request: HttpRequest, body: JsonNode): Refusal? =
        (form.violation(body, settings.extraFields, request) ?: form.forgotten(body, memory))?.let {
            Refusal(HttpStatus.BAD_REQUEST, it.code, it)
        }

    private fun queryRefusal(form: WireForm, request: HttpRequest): Refusal? =
        form.queryViolation(request.parameters)?.let { Refusal(HttpStatus.BAD_REQUEST, it.code, it) }

    private fun keyRefusal(form: WireForm, request: HttpRequest): Refusal? {
        val key = form.key(request::header)
        val wanted = settings.key
        return when {
            wanted != null && key != null && key != wanted ->
                refusal(form.statusOfWrongKey, "Incorrect API key provided.", "invalid_api_key")

            key.isNullOrEmpty() && (wanted != null || form.keyRequired) && !settings.anonymous ->
                refusal(form.statusWithoutKey, "You didn't provide an API key.", null)

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
        private val FORMS =
            listOf<WireForm>(
                AnthropicForm,
                GeminiForm,
                GeminiSingleEmbedding,
                OpenAiForm,
                ResponsesForm,
                OllamaForm,
            )
        private val METHODS = mapOf(Route.CHAT to "POST", Route.EMBEDDINGS to "POST", Route.MODELS to "GET")
    }
}
