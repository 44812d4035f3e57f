package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.node.ObjectNode

/** Gemini's list of models in pages, as in its API reference, "models.list": `pageSize` and `pageToken`. */
internal object GeminiModels {
    private const val DEFAULT_SIZE = 50
    private const val MAX_SIZE = 1000
    private const val INPUT_LIMIT = 1_048_576
    private const val OUTPUT_LIMIT = 65_536
    private const val TOKEN = "page-from-"
    private val parameters = setOf("pageSize", "pageToken")

    fun violation(query: Map<String, String>): Violation? {
        val unknown = query.keys.firstOrNull { it !in parameters }
        val size = query["pageSize"]
        val token = query["pageToken"].orEmpty()
        return when {
            unknown != null ->
                Violation(
                    "Invalid JSON payload received. Unknown name \"$unknown\": Cannot bind query parameter.",
                    null,
                    null,
                )

            size != null && (size.toIntOrNull() ?: -1) < 0 -> Violation("page_size must not be negative", null, null)

            token.isNotEmpty() && from(token) == null -> Violation("page_token is invalid", null, null)

            else -> null
        }
    }

    private fun from(token: String): Int? =
        if (token.startsWith(TOKEN)) token.removePrefix(TOKEN).toIntOrNull()?.takeIf { it >= 0 } else null

    fun page(names: List<String>, query: Map<String, String>): ObjectNode {
        val size = minOf(query["pageSize"]?.toInt()?.takeIf { it > 0 } ?: DEFAULT_SIZE, MAX_SIZE)
        val from = minOf(names.size, from(query["pageToken"].orEmpty()) ?: 0)
        val to = minOf(names.size, from + size)
        val node = json.createObjectNode()
        val models = node.putArray("models")
        names.subList(from, to).forEach { name ->
            models
                .addObject()
                .put("name", "models/$name")
                .put("version", "001")
                .put("displayName", name)
                .put("inputTokenLimit", INPUT_LIMIT)
                .put("outputTokenLimit", OUTPUT_LIMIT)
                .putArray("supportedGenerationMethods")
                .add("generateContent")
                .add("countTokens")
        }
        if (to < names.size) node.put("nextPageToken", "$TOKEN$to")
        return node
    }
}
