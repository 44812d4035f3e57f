package dev.muster.anthropic

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Usage
import dev.muster.contract.CapabilityContract
import java.time.Duration

/** A10, A19, A22, A23: Anthropic's API format. */
class AnthropicCapabilitiesTest : CapabilityContract("anthropic") {
    override val url: String get() = server.anthropicUrl
    override val reasoningForm: String get() = "anthropic"
    override val cachedUsage: Usage get() = usageOf(100, 20, 60, 4, null, 30)

    override fun mediaFields(part: ContentPart.Media): Map<String, String?> {
        val source =
            when {
                part.url != null -> mapOf("type" to "url", "url" to part.url, "media_type" to null)

                part.mediaType == "text/plain" ->
                    mapOf("type" to "text", "media_type" to "text/plain", "data" to "hello world")

                else -> mapOf("type" to "base64", "media_type" to part.mediaType, "data" to BASE64)
            }
        val block = "/messages/0/content/1"
        val document = part as? ContentPart.Document
        return source.mapKeys { "$block/source/${it.key}" } +
            mapOf(
                "/messages/0/content/0/text" to "What is it?",
                "$block/type" to if (document != null) "document" else "image",
                "$block/title" to document?.name,
            )
    }

    override fun reasoningFields(reasoning: Reasoning): Map<String, String?> {
        val effort = EFFORTS[reasoning.effort]
        val budget = reasoning.budgetTokens
        val type = if (budget != null) {
            "enabled"
        } else if (effort != null) {
            "adaptive"
        } else {
            "disabled"
        }
        return mapOf(
            "/thinking/type" to type,
            "/thinking/budget_tokens" to budget?.toString(),
            "/thinking/display" to "summarized".takeIf { reasoning.includeText && type != "disabled" },
            "/output_config/effort" to effort,
            "/max_tokens" to (16_000 + (budget ?: 0)).toString(),
        )
    }

    override fun cacheFields(control: CacheControl): Map<String, String?> {
        val ttl = if (control.ttl.let { it != null && it > Duration.ofMinutes(5) }) "1h" else null
        return listOf("/system/0", "/messages/0/content/0").flatMap {
            listOf("$it/cache_control/type" to "ephemeral", "$it/cache_control/ttl" to ttl)
        }.toMap()
    }

    override val failedToolFields: Map<String, String?> get() = mapOf("/messages/2/content/0/is_error" to "true")

    override val sentBackFields: Map<String, String?>
        get() =
            mapOf(
                "/messages/1/content/0/thinking" to "Let me think",
                "/messages/1/content/1/type" to "redacted_thinking",
                "/messages/1/content/1/data" to "c2VjcmV0",
                "/messages/1/content/2/type" to "tool_use",
            )

    private companion object {
        val EFFORTS =
            mapOf(
                ReasoningEffort.MINIMAL to "low",
                ReasoningEffort.LOW to "low",
                ReasoningEffort.MEDIUM to "medium",
                ReasoningEffort.HIGH to "high",
                ReasoningEffort.MAX to "max",
            )
    }
}
