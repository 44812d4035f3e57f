package dev.muster.gemini

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Usage
import dev.muster.contract.CapabilityContract
import dev.muster.contract.EmbeddingContract

/** A10, A19, A22, A23: Gemini's API format. */
class GeminiCapabilitiesTest : CapabilityContract("gemini") {
    override val url: String get() = server.geminiUrl
    override val reasoningForm: String get() = "gemini"
    override val cachedUsage: Usage get() = usageOf(100, 20, 60, 4)

    override fun mediaFields(part: ContentPart.Media): Map<String, String?> {
        val block = "/contents/0/parts/1"
        return mapOf(
            "/contents/0/parts/0/text" to "What is it?",
            "$block/inlineData/mimeType" to part.mediaType,
            "$block/inlineData/data" to if (part.url == null) BASE64 else null,
            "$block/fileData/fileUri" to part.url,
        )
    }

    override fun reasoningFields(reasoning: Reasoning): Map<String, String?> {
        val effort = reasoning.effort
        val level = if (effort == ReasoningEffort.MAX) "HIGH" else effort?.name
        val none = effort == ReasoningEffort.NONE
        return mapOf(
            "thinkingLevel" to level.takeUnless { none },
            "thinkingBudget" to if (none) "0" else reasoning.budgetTokens?.toString(),
            "includeThoughts" to "true".takeIf { reasoning.includeText },
        ).mapKeys { "/generationConfig/thinkingConfig/${it.key}" }
    }

    /** The API caches automatically. */
    override fun cacheFields(control: CacheControl): Map<String, String?> = mapOf("/cachedContent" to null)

    override val failedToolFields: Map<String, String?>
        get() =
            mapOf(
                "/contents/2/parts/0/functionResponse/response/error" to "boom",
                "/contents/2/parts/0/functionResponse/response/output" to null,
            )

    /** Only the signature on the call is sent back, not the thoughts. */
    override val sentBackFields: Map<String, String?>
        get() =
            mapOf(
                "/contents/1/parts/0/functionCall/name" to "now",
                "/contents/1/parts/0/thoughtSignature" to "c2VjcmV0",
                "/contents/1/parts/1" to null,
            )
}

/** A21: Gemini's API format. */
class GeminiEmbeddingContractTest : EmbeddingContract("gemini", largestBatch = 100, tellsUsage = true) {
    override val url: String get() = server.geminiUrl
    override val extraField: String get() = "/requests/0/custom"
}
