package dev.muster.anthropic

import dev.muster.chat.Usage
import dev.muster.contract.FailureContract

/** A6: Anthropic's API format. */
class AnthropicContractTest : FailureContract("anthropic", "/max_tokens", tellsDetails = true) {
    override val url: String get() = server.anthropicUrl
    override val whole: String = """{"model":"m","max_tokens":50,"system":"Be brief.",""" +
        """"messages":[{"role":"user","content":"Weather in Paris?"},""" +
        """{"role":"assistant","content":[{"type":"text","text":"Let me look."},""" +
        """{"type":"tool_use","id":"c1","name":"weather","input":{"city":"Paris"}}]},""" +
        """{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"sunny"}]},""" +
        """{"role":"user","content":"And tomorrow?"}],"temperature":0.25,""" +
        """"tools":[{"name":"weather","description":"Tells the weather",""" +
        """"input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]}"""
    override val keyHeader: Pair<String, String> get() = "x-api-key" to KEY
    override val calledTool: String get() = "/messages/1/content/0/name"
    override val toolSchema: String get() = "/tools/0/input_schema"
    override val demanded: Set<String> get() = setOf("max")
    override val seed: Long? get() = null
    override val usageAtStart: Usage get() = usageOf(7, 1, 0, cacheWriteInputTokens = 0)
    override val requestIdHeader: String get() = "request-id"

    override fun finishWord(reason: String): String = WORDS[reason] ?: reason

    private companion object {
        val WORDS = mapOf("stop" to "end_turn", "length" to "max_tokens")
    }
}
