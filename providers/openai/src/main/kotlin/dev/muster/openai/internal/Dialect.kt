package dev.muster.openai.internal

import dev.muster.chat.ReasoningEffort

/** Where an endpoint's way to speak OpenAI's form differs from the others'. */
internal class Dialect(
    /** Whether chats go to `/responses`; else to `/chat/completions`. */
    val usesResponses: Boolean = false,
    /**
     * The field for the token limit: OpenAI's reasoning models refuse the old one, other servers do not know the new.
     */
    val maxTokens: String = "max_tokens",
    val seed: String = "seed",
    /** Whether a stream has to be asked for its usage, and may be. */
    val streamOptions: Boolean = true,
    val reasoning: ReasoningForm = ReasoningForm.Effort(),
    /** Whether the reasoning of a message that calls tools has to go back with it. */
    val wantsReasoningBack: Boolean = false,
    /** Whether the id of a call has to be nine letters and digits. */
    val shortCallIds: Boolean = false,
    val cache: CacheForm = CacheForm.IMPLICIT,
    /** Null where there are none. */
    val embeddings: EmbeddingForm? = EmbeddingForm(),
    val structured: StructuredForm = StructuredForm.SCHEMA_ALONE,
    /** What is known to be refused of tools. */
    val toolRules: ToolRules = ToolRules.NONE,
) {
    companion object {
        private const val NEW_LIMIT = "max_completion_tokens"

        /** OpenAI's own. */
        val OPENAI =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningForm.Effort(tellsText = false),
                cache = CacheForm.KEY_AND_TIME,
                embeddings = EmbeddingForm.OPENAI,
                structured = StructuredForm.SCHEMA,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        val RESPONSES =
            Dialect(
                usesResponses = true,
                cache = CacheForm.KEY_AND_TIME,
                embeddings = EmbeddingForm.OPENAI,
                structured = StructuredForm.SCHEMA,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        // Few of its models take a schema, and those neither in a stream nor beside tools.
        val GROQ =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningForm.Effort(minimal = "low", max = "high"),
                structured = StructuredForm.TOOL,
                toolRules = ToolRules.NAMES,
            )

        val XAI =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningForm.Effort(minimal = "low", max = "high"),
                structured = StructuredForm.SCHEMA,
            )

        val OPENROUTER = Dialect(reasoning = ReasoningForm.Nested)

        // It can be held to JSON, but to no schema; and to no tool while it thinks, which it does unasked.
        val DEEPSEEK =
            Dialect(
                reasoning = ReasoningForm.Switch,
                wantsReasoningBack = true,
                embeddings = null,
                structured = StructuredForm.NONE,
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        // Sends the usage unasked, and refuses fields it does not know.
        val MISTRAL =
            Dialect(
                seed = "random_seed",
                streamOptions = false,
                reasoning = ReasoningForm.Effort(max = "xhigh"),
                shortCallIds = true,
                cache = CacheForm.KEY,
                embeddings = EmbeddingForm(dimensions = "output_dimension"),
                toolRules = ToolRules.NAMES_AND_PAIRS,
            )

        val TOGETHER = Dialect(reasoning = ReasoningForm.Effort(none = null, minimal = "low", max = "high"))

        val FIREWORKS = Dialect(reasoning = ReasoningForm.Effort(minimal = "low", max = "high"))

        val CEREBRAS =
            Dialect(
                maxTokens = NEW_LIMIT,
                reasoning = ReasoningForm.Effort(none = null, minimal = "low", max = "high"),
                embeddings = null,
                toolRules = ToolRules.NAMES,
            )

        val VLLM = Dialect(reasoning = ReasoningForm.Effort(minimal = "low", max = "high"))

        /** A server of whom no more is known. */
        val COMPATIBLE = Dialect()
    }
}

/** How an endpoint is told how much to think. */
internal sealed interface ReasoningForm {
    /** Whether the reasoning's text comes at all. */
    val tellsText: Boolean get() = true

    /** By `reasoning_effort`; [none] is null where it cannot be told not to think. */
    class Effort(
        private val none: String? = "none",
        private val minimal: String = "minimal",
        private val max: String = "max",
        override val tellsText: Boolean = true,
    ) : ReasoningForm {
        /** The endpoint's word; null where it has none. */
        fun word(effort: ReasoningEffort): String? = when (effort) {
            ReasoningEffort.NONE -> none
            ReasoningEffort.MINIMAL -> minimal
            ReasoningEffort.MAX -> max
            else -> effort.name.lowercase()
        }
    }

    /** OpenRouter's: `reasoning: {effort}` or `{max_tokens}`. */
    object Nested : ReasoningForm

    /** DeepSeek's: `reasoning_effort`, and `thinking: {type: disabled}` for none. */
    object Switch : ReasoningForm
}

/** What an endpoint can be told about its prompt cache; all of them cache by themselves. */
internal enum class CacheForm { IMPLICIT, KEY, KEY_AND_TIME }

/** How an endpoint is brought to answer in a form. */
internal enum class StructuredForm {
    /** By a schema, also beside tools. */
    SCHEMA,

    /** By a schema, but hardly beside tools: servers that write by a grammar then have no way to call one. */
    SCHEMA_ALONE,

    /** By a tool that it must call. */
    TOOL,

    /** By words only. */
    NONE,
}

/** What an endpoint refuses of tools. */
internal enum class ToolRules {
    /** Nothing that is known. */
    NONE,

    /** Names of other characters than letters, digits, `_` and `-`, or of more than 64. */
    NAMES,

    /** Such names, calls without results and results without calls. */
    NAMES_AND_PAIRS,
}

/** How an endpoint embeds. */
internal class EmbeddingForm(
    /** The most texts at once; a modest number where the endpoint's documentation names none. */
    val maxBatch: Int = 128,
    val dimensions: String = "dimensions",
    /** Whether the vectors may be asked for in base 64, which is shorter and cheaper to read. */
    val base64: Boolean = false,
    /** The most tokens of all texts together; null where the endpoint's documentation names no number. */
    val maxTokens: Long? = null,
) {
    companion object {
        val OPENAI = EmbeddingForm(maxBatch = 2048, base64 = true, maxTokens = 300_000)
    }
}
