package dev.muster.openai.internal

/** An endpoint that speaks OpenAI's form, and where it differs. */
internal class Preset(
    val id: String,
    val baseUrl: String?,
    val needsKey: Boolean = true,
    /**
     * The field for the token limit: OpenAI's reasoning models refuse the old one, other servers do not know the new.
     */
    val maxTokens: String = "max_tokens",
    val seed: String = "seed",
    /** Whether a stream has to be asked for its usage, and may be. */
    val streamOptions: Boolean = true,
) {
    private val variable = id.uppercase().map { if (it.isLetterOrDigit()) it else '_' }.joinToString("")
    val keyVariable: String get() = variable + "_API_KEY"
    val urlVariable: String get() = variable + "_BASE_URL"

    companion object {
        private const val NEW_LIMIT = "max_completion_tokens"

        val BY_ID: Map<String, Preset> =
            listOf(
                Preset("openai", "https://api.openai.com/v1", maxTokens = NEW_LIMIT),
                Preset("groq", "https://api.groq.com/openai/v1", maxTokens = NEW_LIMIT),
                Preset("xai", "https://api.x.ai/v1", maxTokens = NEW_LIMIT),
                Preset("openrouter", "https://openrouter.ai/api/v1"),
                Preset("deepseek", "https://api.deepseek.com/v1"),
                // Sends the usage unasked, and refuses fields it does not know.
                Preset("mistral", "https://api.mistral.ai/v1", seed = "random_seed", streamOptions = false),
                Preset("together", "https://api.together.xyz/v1"),
                Preset("fireworks", "https://api.fireworks.ai/inference/v1"),
                Preset("cerebras", "https://api.cerebras.ai/v1", maxTokens = NEW_LIMIT),
                Preset("vllm", "http://localhost:8000/v1", needsKey = false),
                Preset("llamacpp", "http://localhost:8080/v1", needsKey = false),
                Preset("lmstudio", "http://localhost:1234/v1", needsKey = false),
            ).associateBy { it.id }

        /**
         * The endpoint [id] of the user's own, which says it is like [like]: its differences, but not its address or
         * key.
         */
        fun ownEndpoint(id: String, like: String?): Preset {
            val model = BY_ID[like]?.takeIf { it.id != "openai" } ?: return Preset(id, null, needsKey = false)
            return Preset(id, null, false, model.maxTokens, model.seed, model.streamOptions)
        }
    }
}
