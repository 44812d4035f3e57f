package dev.muster.openai

import dev.muster.contract.StructuredContract

/** C7, C9: chat completions. */
class OpenAiStructuredTest : StructuredContract("openai", "/response_format/json_schema/schema") {
    override val url: String get() = server.openAiUrl
    override val requiresAll: Boolean get() = true
    override val formFields: Map<String, String?>
        get() = mapOf(
            "/response_format/type" to "json_schema",
            "/response_format/json_schema/name" to "Note",
            "/response_format/json_schema/strict" to "true",
        )
}

/** C7, C9: the Responses API. */
class ResponsesStructuredTest : StructuredContract("openai-responses", "/text/format/schema") {
    override val url: String get() = server.openAiUrl
    override val requiresAll: Boolean get() = true
    override val formFields: Map<String, String?>
        get() = mapOf(
            "/text/format/type" to "json_schema",
            "/text/format/name" to "Note",
            "/text/format/strict" to "true",
        )

    override fun finishWord(reason: String): String = "max_output_tokens"
}
