package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

/** The rules that the tables cannot express: how fields and messages depend on each other. */
internal fun anthropicCrossFields(body: JsonNode): Violation? {
    val budget = body.path("thinking").path("budget_tokens").longValue()
    return when {
        budget > 0 && body.path("max_tokens").longValue() <= budget ->
            Violation("`max_tokens` must be greater than `thinking.budget_tokens`.", null, null)

        body.hasNonNull("tool_choice") && body.path("tools").isEmpty ->
            Violation("`tool_choice` may only be specified while providing `tools`.", "tool_choice", null)

        body.path("messages").path(0).text("role") != "user" ->
            Violation("first message must use the \"user\" role", "messages", null)

        else ->
            anthropicToolLinks(body.path("messages"))
                ?: abandonedServerTool(body.path("messages"))
                ?: blankAtEnd(body.path("messages"))
                ?: tooManyBreakpoints(body)
                ?: forgedThinking(body.path("messages"))
                ?: missingThinking(body)
                ?: closedSchemaViolation(body.path("output_config").path("format").path("schema"), FORMAT)
    }
}

/** Page "Prompt caching": at most four blocks are marked, and a longer time to live comes before a shorter one. */
private fun tooManyBreakpoints(body: JsonNode): Violation? {
    val controls = listOf("tools", "system", "messages").flatMap { body.path(it).findValues("cache_control") }
    val ttls = controls.map { it.text("ttl") ?: "5m" }
    return when {
        controls.size > MAX_BREAKPOINTS ->
            Violation("A maximum of 4 blocks with cache_control may be provided. Found ${controls.size}.", null, null)

        ttls.lastIndexOf("1h") > ttls.indexOf("5m") && "5m" in ttls ->
            Violation(
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.",
                null,
                null,
            )

        else -> null
    }
}

/** Every block of thinking must have its original signature, even if thinking is off now. */
private fun forgedThinking(messages: JsonNode): Violation? {
    messages.forEachIndexed { at, message ->
        message.path("content").forEachIndexed { index, block ->
            val thinking = block.text("thinking")
            if (block.text("type") == "thinking" && block.text("signature") != signatureOf(thinking.orEmpty())) {
                return Violation("Invalid `signature` in `thinking` block", "messages[$at].content[$index]", null)
            }
        }
    }
    return null
}

/** With a thinking budget, a turn whose tool results are sent must start with its thinking. */
private fun missingThinking(body: JsonNode): Violation? {
    if (body.path("thinking").text("type") != "enabled") return null
    val messages = body.path("messages").toList()
    val at = messages.indexOfLast { it.text("role") == "assistant" }
    val blocks = messages.getOrNull(at)?.path("content")?.takeIf { it.isArray } ?: return null
    val first = blocks.path(0).text("type")
    if (blocks.none { it.text("type") == "tool_use" } || first in THINKING) return null
    return Violation(
        "Expected `thinking` or `redacted_thinking`, but found `$first`. When `thinking` is enabled, a final " +
            "`assistant` message must start with a thinking block (preceding the lastmost set of `tool_use` and " +
            "`tool_result` blocks).",
        "messages[$at].content[0].type",
        null,
    )
}

/**
 * Page "Thinking", "Preserving thinking blocks": while thinking is on, the blocks that came with the calls of the
 * latest assistant turn must be sent back unchanged.
 */
internal fun changedThinking(body: JsonNode, memory: Memory): Violation? {
    if (body.path("thinking").text("type") !in setOf("enabled", "adaptive", "between_tools")) return null
    val messages = body.path("messages").toList()
    val at = messages.indexOfLast { it.text("role") == "assistant" }
    val blocks = messages.getOrNull(at)?.path("content")?.takeIf { it.isArray } ?: return null
    val call = blocks.firstOrNull { it.text("type") == "tool_use" }?.text("id") ?: return null
    val sent = memory.with(call) ?: return null
    val wrong = blocks.filter { it.text("type") in THINKING } != sent
    return if (wrong) {
        Violation(
            "`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These " +
                "blocks must remain as they were in the original response.",
            "messages[$at].content[0]",
            null,
        )
    } else {
        null
    }
}

private const val MAX_BREAKPOINTS = 4
private val THINKING = setOf("thinking", "redacted_thinking")

/** The next message must contain the results of all calls of an assistant turn, before anything else. */
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

/**
 * Page "Server tools": a paused turn continues while it is the last turn, or while only client tool results follow
 * it. Otherwise each of its server tools must have its result.
 */
private fun abandonedServerTool(messages: JsonNode): Violation? {
    val goesOn = messages.indexOfLast { message -> message.text("role") == "user" && !isResults(message) }
    val before = messages.take(goesOn + 1).flatMap { it.path("content") }
    val answered = before.mapNotNull { it.text("tool_use_id") }.toSet()
    val open = before.firstOrNull { it.text("type") == "server_tool_use" && it.text("id") !in answered } ?: return null
    val name = open.text("name")
    val why = "`$name` tool use with id `${open.text("id")}` was found without a corresponding result block"
    return Violation(why, "messages", null)
}

private fun isResults(message: JsonNode) =
    message.path("content").let { it.isArray && it.all { block -> block.text("type") == "tool_result" } }

private fun blankAtEnd(messages: JsonNode): Violation? {
    val last = messages.last()
    val content = last.path("content")
    val text = if (content.isArray) content.last().text("text") else content.textValue()
    val isBlank = last.text("role") == "assistant" && text?.lastOrNull()?.isWhitespace() == true
    return if (isBlank) {
        Violation("final assistant content cannot end with trailing whitespace", "messages", null)
    } else {
        null
    }
}

private fun unansweredToolUse(at: Int, ids: Set<String>) = Violation(
    "`tool_use` ids were found without `tool_result` blocks immediately after: ${ids.joinToString()}. Each " +
        "`tool_use` block must have a corresponding `tool_result` block in the next message.",
    "messages[$at]",
    null,
)

private const val FORMAT = "output_config.format.schema"
