package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.internal.net.HttpStatus

/** The common parts of OpenAI's API formats: key, errors, list of models and headers. */
internal abstract class OpenAiFamily : ApiFormat {
    override val paths: Paths get() = PATHS

    // Azure's endpoints send the key as api-key.
    override fun key(header: (String) -> String?): String? =
        header("authorization")?.takeIf { it.startsWith("Bearer ") }?.removePrefix("Bearer ")?.trim()
            ?: header("api-key")

    override val keyRequired: Boolean get() = true

    override val toolCallFinish: String get() = "tool_calls"

    override val framing: Framing get() = Framing.SSE

    override fun error(status: Int, code: String?, message: String?, param: String?): ObjectNode {
        val default =
            openAiErrors[status] ?: DefaultError(typeOf(status), null, "The server responded with status $status.")
        val node = json.createObjectNode()
        node
            .putObject("error")
            .put("message", message ?: default.message)
            .put("type", if (code == "insufficient_quota") code else default.type)
            .put("param", param)
            .put("code", code ?: default.code)
        return node
    }

    private fun typeOf(status: Int) = if (status < HttpStatus.SERVER_ERROR) "invalid_request_error" else "server_error"

    override fun models(names: List<String>, query: Map<String, String>): ObjectNode {
        val node = json.createObjectNode().put("object", "list")
        val data = node.putArray("data")
        names.forEach {
            data.addObject().put("id", it).put("object", "model").put("created", CREATED).put("owned_by", "fake")
        }
        return node
    }

    /** As in "Rate limits in headers" of OpenAI's guide to rate limits. */
    override fun limitHeaders(state: LimitState): Map<String, String> = linkedMapOf(
        "x-ratelimit-limit-requests" to "${state.limit}",
        "x-ratelimit-remaining-requests" to "${state.remaining}",
        "x-ratelimit-reset-requests" to "${state.resetNanos / NANOS_A_MILLI}ms",
    )

    override fun headers(serial: Int): Map<String, String> = linkedMapOf(
        "x-request-id" to "req_fake_$serial",
        "openai-processing-ms" to "1",
        "openai-version" to "2020-10-01",
    )

    protected fun now(): Long = System.currentTimeMillis() / MILLIS

    private companion object {
        const val MILLIS = 1000

        // 1 January 2026
        const val CREATED = 1_767_225_600
        const val NANOS_A_MILLI = 1_000_000
        val PATHS = Paths("/v1")
    }
}

private class DefaultError(val type: String, val code: String?, val message: String)

// Types and codes from OpenAI's guide "Error codes".
private val openAiErrors =
    mapOf(
        400 to DefaultError("invalid_request_error", null, "The request is invalid."),
        401 to DefaultError("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        402 to DefaultError("insufficient_funds", "insufficient_funds", "The account has no credit left."),
        403 to DefaultError("invalid_request_error", "unsupported_country_region_territory", "Access is not allowed."),
        404 to
            DefaultError(
                "invalid_request_error",
                "model_not_found",
                "The model does not exist or you have no access to it.",
            ),
        429 to DefaultError("rate_limit_error", "rate_limit_exceeded", "Rate limit reached."),
        500 to DefaultError("server_error", null, "The server had an error while processing your request."),
        503 to DefaultError("server_error", null, "The engine is currently overloaded."),
    )

/** Adds a field that no schema contains, if the script requested such fields. */
internal fun ObjectNode.decorated(answer: Answer): ObjectNode = apply {
    if (answer.extraFields) putObject("x_fake_unknown").put("nested", true).putArray("list").add(1)
}
