package dev.muster.fake.internal.wire

/** One page of a list. */
internal class Page(val names: List<String>, val hasMore: Boolean)

/** Pages as in Anthropic's API reference, "List Models": `limit`, `after_id`, `before_id`. */
internal object AnthropicPages {
    private const val DEFAULT_LIMIT = 20
    private const val MAX_LIMIT = 1000
    private val parameters = setOf("limit", "after_id", "before_id", "lifecycle")

    fun violation(query: Map<String, String>): Violation? {
        val unknown = query.keys.firstOrNull { it !in parameters }
        val limit = query["limit"]
        return when {
            unknown != null -> Violation("$unknown: Extra inputs are not permitted", null, null)

            limit != null && limit.toIntOrNull() !in 1..MAX_LIMIT ->
                Violation("limit: Input should be between 1 and $MAX_LIMIT", null, null)

            else -> null
        }
    }

    fun of(names: List<String>, query: Map<String, String>): Page {
        val limit = query["limit"]?.toInt() ?: DEFAULT_LIMIT
        val before = query["before_id"]?.let { names.take(maxOf(0, names.indexOf(it))) }
        if (before != null) return Page(before.takeLast(limit), before.size > limit)
        val from = query["after_id"]?.let { names.indexOf(it) + 1 } ?: 0
        val to = minOf(names.size, from + limit)
        return Page(names.subList(from, to), to < names.size)
    }
}
