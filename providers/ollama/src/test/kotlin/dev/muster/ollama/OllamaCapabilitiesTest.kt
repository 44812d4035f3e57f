package dev.muster.ollama

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Usage
import dev.muster.contract.CapabilityContract

/** A10, A19, A22, A23: Ollama's API format. */
class OllamaCapabilitiesTest : CapabilityContract("ollama") {
    override val url: String get() = server.ollamaUrl
    override val reasoningForm: String get() = "ollama"
    override val signsReasoning: Boolean get() = false

    // Ollama does not report its cache.
    override val cachedUsage: Usage get() = Usage(100, 20)

    override fun mediaFields(part: ContentPart.Media): Map<String, String?>? =
        if (part is ContentPart.Image && part.url == null) {
            mapOf("/messages/0/content" to "What is it?", "/messages/0/images" to "[\"$BASE64\"]")
        } else {
            null
        }

    override fun reasoningFields(reasoning: Reasoning): Map<String, String?>? =
        THINK[reasoning.effort]?.let { mapOf("/think" to it) }

    override fun cacheFields(control: CacheControl): Map<String, String?> =
        mapOf("/messages/0/cache_control" to null, "/cache_control" to null)

    override val sentBackFields: Map<String, String?> get() = mapOf("/messages/1/thinking" to "Let me think")

    override val failedToolFields: Map<String, String?> get() = mapOf("/messages/2/tool_name" to "now")

    private companion object {
        val THINK =
            mapOf(
                ReasoningEffort.NONE to "false",
                ReasoningEffort.MINIMAL to "low",
                ReasoningEffort.LOW to "low",
                ReasoningEffort.MEDIUM to "true",
                ReasoningEffort.HIGH to "high",
                ReasoningEffort.MAX to "max",
            )
    }
}
