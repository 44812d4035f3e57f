package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** The rules that the tables cannot express: how fields and items depend on each other. */
internal fun responsesCrossFields(body: JsonNode): Violation? = when {
    listOf("input", "prompt", "previous_response_id", "conversation").none { body.hasNonNull(it) } ->
        Violation("Missing required parameter: 'input'.", "input", "missing_required_parameter")

    body.hasNonNull("stream_options") && !body.path("stream").booleanValue() ->
        Violation(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
            null,
        )

    body.path("tool_choice").isObject && body.path("tools").isEmpty ->
        Violation("Tool choice '${body.path("tool_choice").text("type")}' not found in 'tools'.", "tool_choice", null)

    strictViolation(body) != null -> strictViolation(body)

    // The items stored at the provider are not known here.
    body.hasNonNull("previous_response_id") || body.hasNonNull("conversation") -> null

    else -> itemLinks(body.path("input"))
}

private fun strictViolation(body: JsonNode): Violation? {
    val format = body.path("text").path("format")
    return strictSchemaViolation(format, format.path("schema"), "text.format.schema")
}

private fun itemLinks(input: JsonNode): Violation? {
    val items = if (input.isArray) input.toList() else emptyList()
    val open = LinkedHashSet<String>()
    items.forEachIndexed { at, item ->
        val id = item.text("call_id").orEmpty()
        when (item.text("type")) {
            "function_call" -> open += id

            "function_call_output" -> if (!open.remove(id)) {
                return violation("No tool call found for function call output with call_id $id.")
            }

            "reasoning" -> reasoningViolation(item, items.getOrNull(at + 1))?.let { return it }
        }
    }
    return open.firstOrNull()?.let { violation("No tool output found for function call $it.") }
}

/** Nothing is stored here, so a block of reasoning needs its content, and it must come before the item it led to. */
private fun reasoningViolation(item: JsonNode, next: JsonNode?): Violation? {
    val id = item.text("id")
    val follows = next != null && (next.text("role") == "assistant" || next.text("type") in AFTER_REASONING)
    return when {
        !item.hasNonNull("encrypted_content") ->
            violation("Item with id '$id' not found. Items are not persisted when `store` is set to false.")

        !follows -> violation("Item '$id' of type 'reasoning' was provided without its required following item.")

        else -> null
    }
}

private fun violation(message: String) = Violation(message, "input", null)

private val AFTER_REASONING = setOf("function_call", "reasoning", "custom_tool_call", "web_search_call")
