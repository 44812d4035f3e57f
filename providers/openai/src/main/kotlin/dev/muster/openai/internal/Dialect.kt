package dev.muster.openai.internal

import dev.muster.chat.ReasoningEffort

/** How an endpoint's variant of OpenAI's API format differs from the others. */
internal class Dialect(
    /** Whether chats are sent to `/responses`; otherwise to `/chat/completions`. */
    val usesResponses: Boolean = false,
    /**
     * The field for the token limit. OpenAI's reasoning models refuse the old one; other servers do not know the new.
     */
    val maxTokens: String = "max_tokens",
    val seed: String = "seed",
    /** Whether a stream reports its usage only on request, and the endpoint accepts `stream_options`. */
    val streamOptions: Boolean = true,
    val reasoning: ReasoningFormat = ReasoningFormat.Effort(),
    /** Whether the reasoning of a message with tool calls must be sent back with it. */
    val wantsReasoningBack: Boolean = false,
    /** Whether the id of a tool call must be nine letters and digits. */
    val shortCallIds: Boolean = false,
    val cache: CacheFormat = CacheFormat.IMPLICIT,
    /** Null if the endpoint has no embeddings. */
    val embeddings: EmbeddingFormat? = EmbeddingFormat(),
    val structured: StructuredFormat = StructuredFormat.SCHEMA_ALONE,
    /** The rules for tools that the endpoint is known to enforce. */
    val toolRules: ToolRules = ToolRules.NONE,
) {
    companion object {
        private const val NEW_LIMIT = "max_completion_tokens"

        /** OpenAI's own chat completions. */
        val OPENAI =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningFormat.Effort(tellsText = false),
                cache = CacheFormat.KEY_AND_TIME,
                embeddings = EmbeddingFormat.OPENAI,
                structured = StructuredFormat.SCHEMA,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        val RESPONSES =
            Dialect(
                usesResponses = true,
                cache = CacheFormat.KEY_AND_TIME,
                embeddings = EmbeddingFormat.OPENAI,
                structured = StructuredFormat.SCHEMA,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        // Few of its models accept a schema, and not in a stream or together with tools.
        val GROQ =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningFormat.Effort(minimal = "low", max = "high"),
                structured = StructuredFormat.TOOL,
                toolRules = ToolRules.NAMES,
            )

        val XAI =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningFormat.Effort(minimal = "low", max = "high"),
                structured = StructuredFormat.SCHEMA,
            )

        val OPENROUTER = Dialect(reasoning = ReasoningFormat.Nested)

        // It can be forced to write JSON, but not to follow a schema. It cannot be forced to call a tool while it
        // reasons, which it does by default.
        val DEEPSEEK =
            Dialect(
                reasoning = ReasoningFormat.Switch,
                wantsReasoningBack = true,
                embeddings = null,
                structured = StructuredFormat.NONE,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        // Always sends the usage, and refuses unknown fields.
        val MISTRAL =
            Dialect(
                seed = "random_seed",
                streamOptions = false,
                reasoning = ReasoningFormat.Effort(max = "xhigh"),
                shortCallIds = true,
                cache = CacheFormat.KEY,
                embeddings = EmbeddingFormat(dimensions = "output_dimension"),
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        val TOGETHER = Dialect(reasoning = ReasoningFormat.Effort(none = null, minimal = "low", max = "high"))

        val FIREWORKS = Dialect(reasoning = ReasoningFormat.Effort(minimal = "low", max = "high"))

        val CEREBRAS =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningFormat.Effort(none = null, minimal = "low", max = "high"),
                embeddings = null,
                toolRules = ToolRules.NAMES,
            )

        val VLLM = Dialect(reasoning = ReasoningFormat.Effort(minimal = "low", max = "high"))

        /** A server about which nothing more is known. */
        val COMPATIBLE = Dialect()
    }
}

/** How the reasoning settings are sent to an endpoint. */
internal sealed interface ReasoningFormat {
    /** Whether the endpoint returns the text of the reasoning. */
    val tellsText: Boolean get() = true

    /** By `reasoning_effort`; [none] is null if reasoning cannot be turned off. */
    class Effort(
        private val none: String? = "none",
        private val minimal: String = "minimal",
        private val max: String = "max",
        override val tellsText: Boolean = true,
    ) : ReasoningFormat {
        /** Returns the endpoint's word for [effort]; null if it has none. */
        fun word(effort: ReasoningEffort): String? = when (effort) {
            ReasoningEffort.NONE -> none
            ReasoningEffort.MINIMAL -> minimal
            ReasoningEffort.MAX -> max
            else -> effort.name.lowercase()
        }
    }

    /** OpenRouter: `reasoning: {effort}` or `{max_tokens}`. */
    object Nested : ReasoningFormat

    /** DeepSeek: `reasoning_effort`, and `thinking: {type: disabled}` for NONE. */
    object Switch : ReasoningFormat
}

/** The settings that an endpoint's prompt cache accepts. All endpoints cache automatically. */
internal enum class CacheFormat { IMPLICIT, KEY, KEY_AND_TIME }

/** How an endpoint is made to return structured output. */
internal enum class StructuredFormat {
    /** By a schema, also together with tools. */
    SCHEMA,

    /** By a schema, but not together with tools: a server that enforces a grammar cannot call a tool. */
    SCHEMA_ALONE,

    /** By a tool that the model must call. */
    TOOL,

    /** By instructions in the prompt only. */
    NONE,
}

/** Which tools and tool calls an endpoint refuses. */
internal enum class ToolRules {
    /** None, as far as known. */
    NONE,

    /** Names with characters other than letters, digits, `_` and `-`, or with more than 64 characters. */
    NAMES,

    /** Names as in [NAMES], calls without results, and results without calls. */
    NAMES_AND_PAIRS,
}

/** The properties of an endpoint's embeddings API. */
internal class EmbeddingFormat(
    /** The maximum number of texts in a request; a modest number if the endpoint documents no limit. */
    val maxBatch: Int = 128,
    val dimensions: String = "dimensions",
    /** Whether the endpoint can return vectors in base64, which is shorter and cheaper to parse. */
    val base64: Boolean = false,
    /** The maximum number of tokens of all texts together; null if the endpoint documents no limit. */
    val maxTokens: Long? = null,
) {
    companion object {
        val OPENAI = EmbeddingFormat(maxBatch = 2048, base64 = true, maxTokens = 300_000)
    }
}
