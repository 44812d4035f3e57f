package dev.muster.ollama

import dev.muster.contract.FailureContract

/** A6: Ollama's API format. */
class OllamaContractTest : FailureContract("ollama", "/options/num_predict", tellsDetails = false) {
    override val url: String get() = server.ollamaUrl
    override val whole: String = """{"model":"m","messages":[{"role":"system","content":"Be brief."},""" +
        """{"role":"user","content":"Weather in Paris?"},""" +
        """{"role":"assistant","content":"Let me look.",""" +
        """"tool_calls":[{"id":"c1","function":{"name":"weather","arguments":{"city":"Paris"}}}]},""" +
        """{"role":"tool","content":"sunny","tool_call_id":"c1","tool_name":"weather"},""" +
        """{"role":"user","content":"And tomorrow?"}],""" +
        """"tools":[{"type":"function","function":{"name":"weather","description":"Tells the weather",""" +
        """"parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],""" +
        """"options":{"temperature":0.25,"num_predict":50},"stream":false}"""
}
