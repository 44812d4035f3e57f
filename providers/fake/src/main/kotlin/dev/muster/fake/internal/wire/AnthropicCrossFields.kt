package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** What the tables cannot say: how fields and messages depend on each other. */
internal fun anthropicCrossFields(body: JsonNode): Violation? {
    val budget = body.path("thinking").path("budget_tokens").longValue()
    return when {
        budget > 0 && body.path("max_tokens").longValue() <= budget ->
            Violation("`max_tokens` must be greater than `thinking.budget_tokens`.", null, null)

        body.hasNonNull("tool_choice") && body.path("tools").isEmpty ->
            Violation("`tool_choice` may only be specified while providing `tools`.", "tool_choice", null)

        body.path("messages").path(0).text("role") != "user" ->
            Violation("first message must use the \"user\" role", "messages", null)

        else -> anthropicToolLinks(body.path("messages"))
    }
}

/** All calls of an assistant turn are answered by the very next message, before anything else in it. */
private fun anthropicToolLinks(messages: JsonNode): Violation? {
    var open = emptySet<String>()
    messages.forEachIndexed { at, message ->
        val blocks = message.path("content")
        val answered = blocks.filter { it.text("type") == "tool_result" }.mapNotNull { it.text("tool_use_id") }
        val foreign = answered.firstOrNull { it !in open }
        val left = open - answered.toSet()
        when {
            foreign != null ->
                return Violation(
                    "unexpected `tool_use_id` found in `tool_result` blocks: $foreign. Each `tool_result` block must " +
                        "have a corresponding `tool_use` block in the previous message.",
                    "messages[$at]",
                    null,
                )

            left.isNotEmpty() -> return unansweredToolUse(at - 1, left)

            blocks.dropWhile { it.text("type") == "tool_result" }.any { it.text("type") == "tool_result" } ->
                return Violation("`tool_result` blocks must come before all others", "messages[$at]", null)
        }
        open = blocks.filter { it.text("type") == "tool_use" }.mapNotNull { it.text("id") }.toSet()
    }
    return if (open.isEmpty()) null else unansweredToolUse(messages.size() - 1, open)
}

private fun unansweredToolUse(at: Int, ids: Set<String>) = Violation(
    "`tool_use` ids were found without `tool_result` blocks immediately after: ${ids.joinToString()}. Each " +
        "`tool_use` block must have a corresponding `tool_result` block in the next message.",
    "messages[$at]",
    null,
)
