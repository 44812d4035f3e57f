package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** The rules that the tables cannot express: how fields and turns depend on each other. */
internal fun geminiCrossFields(body: JsonNode): Violation? {
    val thinking = body.path("generationConfig").path("thinkingConfig")
    val calling = body.path("toolConfig").path("functionCallingConfig")
    val declared = body.path("tools").flatMap { it.path("functionDeclarations") }
    return when {
        thinking.hasNonNull("thinkingBudget") && thinking.hasNonNull("thinkingLevel") ->
            Violation("You can only set one of thinking budget and thinking level.", null, null)

        declared.any { it.hasNonNull("parameters") && it.hasNonNull("parametersJsonSchema") } ->
            Violation("Only one of parameters and parametersJsonSchema can be set.", "tools", null)

        calling.hasNonNull("allowedFunctionNames") && calling.text("mode") !in setOf("ANY", "VALIDATED") ->
            Violation("allowed_function_names may only be set with mode ANY or VALIDATED.", "toolConfig", null)

        schemaWithoutJson(body.path("generationConfig")) ->
            Violation("A response schema requires the response_mime_type application/json.", "generationConfig", null)

        else -> loneTurn(body.path("contents")) ?: geminiTurns(body.path("contents"))
    }
}

private fun schemaWithoutJson(config: JsonNode): Boolean {
    val hasSchema = config.hasNonNull("responseSchema") || config.hasNonNull("responseJsonSchema")
    return hasSchema && config.text("responseMimeType") !in setOf("application/json", "text/x.enum")
}

private fun loneTurn(contents: JsonNode): Violation? {
    if (contents.size() != 1 || !isOfModel(contents.path(0))) return null
    val why = "single turn requests end with a user role or the role field is empty"
    return Violation("Please ensure that $why.", "contents[0]", null)
}

private fun isOfModel(content: JsonNode) = content.text("role") == "model"

/** The next turn must contain the results of all calls of a turn, and nothing else. */
private fun geminiTurns(contents: JsonNode): Violation? {
    var open = emptyList<JsonNode>()
    contents.forEachIndexed { at, content ->
        val calls = content.path("parts").mapNotNull { it.get("functionCall") }
        val responses = content.path("parts").mapNotNull { it.get("functionResponse") }
        val isMisplaced = calls.isNotEmpty() && (at == 0 || isOfModel(contents.path(at - 1)))
        val wrong =
            when {
                calls.isNotEmpty() && !isOfModel(content) -> "function calls are in a turn of the model"

                isMisplaced ->
                    "function call turn comes immediately after a user turn or after a function response turn"

                else -> wrongResponses(open, responses)
            }
        if (wrong != null) return Violation("Please ensure that $wrong.", "contents[$at]", null)
        open = calls
    }
    if (open.isEmpty()) return null
    return Violation("Please ensure that function call turn is followed by its function responses.", "contents", null)
}

/** Returns what is wrong with [responses] directly after the calls [open], or null. */
private fun wrongResponses(open: List<JsonNode>, responses: List<JsonNode>): String? = when {
    responses.isNotEmpty() && open.isEmpty() -> "function response turn comes immediately after a function call turn"

    responses.size != open.size ->
        "the number of function response parts is equal to the number of function call parts of the function call turn"

    keys(open) != keys(responses) -> "each function response names its function call"

    else -> null
}

private fun keys(nodes: List<JsonNode>) = nodes.map { it.text("name") to it.text("id") }.sortedBy { it.toString() }

/** The first call of each turn must be sent back with the signature that this server sent with it. */
internal fun geminiSignatures(contents: JsonNode, memory: Memory): Violation? {
    contents.forEachIndexed { at, content ->
        val place = content.path("parts").indexOfFirst { it.has("functionCall") }
        val part = content.path("parts").path(place)
        val call = part.path("functionCall")
        val kept = call.text("id")?.let(memory::with)?.firstOrNull()
        if (kept != null && kept.textValue() != part.text("thoughtSignature")) {
            val name = call.text("name")
            return Violation(
                "Function call `$name` is missing the thought_signature that came with it.",
                "contents[$at].parts[$place]",
                null,
            )
        }
    }
    return null
}
