package dev.muster.openai

import dev.muster.contract.FailureContract

/** A6: OpenAI's Responses API. */
class ResponsesContractTest : FailureContract("openai-responses", "/max_output_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
    override val whole: String = """{"model":"m","input":[{"role":"system","content":"Be brief."},""" +
        """{"role":"user","content":"Weather in Paris?"},""" +
        """{"type":"message","role":"assistant","content":"Let me look."},""" +
        """{"type":"function_call","call_id":"c1","name":"weather","arguments":"{\"city\":\"Paris\"}"},""" +
        """{"type":"function_call_output","call_id":"c1","output":"sunny"},""" +
        """{"role":"user","content":"And tomorrow?"}],"max_output_tokens":50,""" +
        """"tools":[{"type":"function","name":"weather","description":"Tells the weather",""" +
        """"parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":false}],""" +
        """"store":false,"temperature":0.25}"""
    override val calledTool: String get() = "/input/2/name"
    override val toolSchema: String get() = "/tools/0/parameters"
    override val stops: List<String> get() = emptyList()
    override val seed: Long? get() = null

    override fun finishWord(reason: String): String = WORDS[reason] ?: reason

    private companion object {
        val WORDS = mapOf("stop" to "completed", "length" to "max_output_tokens")
    }
}
