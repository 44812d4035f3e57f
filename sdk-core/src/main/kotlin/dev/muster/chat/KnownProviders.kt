package dev.muster.chat

/**
 * What to do if [id] is not one of the [known] providers: the artifact to add, if Muster has one, and the known ids.
 */
internal fun unknownProvider(id: String, known: Collection<String>): String {
    val artifact = ARTIFACTS.entries.find { id in it.value }?.key
    val add = artifact?.let { "add dev.muster:$it to the class path; " }.orEmpty()
    return add + "the known providers are ${listed(known)}"
}

/** The [known] ids as text for a message. */
internal fun listed(known: Collection<String>): String = if (known.isEmpty()) {
    "(none: add a provider such as muster-openai to the class path)"
} else {
    known.sorted().joinToString()
}

/** The ids of Muster's own providers, by artifact. */
private val ARTIFACTS = mapOf(
    "muster-openai" to setOf(
        "openai", "openai-responses", "azure", "groq", "xai", "openrouter", "deepseek", "mistral", "together",
        "fireworks", "cerebras", "vllm", "llamacpp", "lmstudio",
    ),
    "muster-anthropic" to setOf("anthropic"),
    "muster-gemini" to setOf("gemini"),
    "muster-ollama" to setOf("ollama"),
)
