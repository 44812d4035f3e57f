package dev.muster.openai

import dev.muster.http.contract.FailureContract

/** A6: OpenAI's form. */
class OpenAiContractTest : FailureContract("openai", "/max_completion_tokens", tellsDetails = true) {
    override val url: String get() = server.openAiUrl
    override val whole: String = """{"model":"m","messages":[{"role":"system","content":"Be brief."},""" +
        """{"role":"user","content":"Weather in Paris?"},""" +
        """{"role":"assistant","content":"Let me look.","tool_calls":[{"id":"c1","type":"function",""" +
        """"function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},""" +
        """{"role":"tool","content":"sunny","tool_call_id":"c1"},{"role":"user","content":"And tomorrow?"}],""" +
        """"max_completion_tokens":50,"tools":[{"type":"function","function":{"name":"weather",""" +
        """"description":"Tells the weather","parameters":{"type":"object",""" +
        """"properties":{"city":{"type":"string"}}}}}],"temperature":0.25}"""
}
