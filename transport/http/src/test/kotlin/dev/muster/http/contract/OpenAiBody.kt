package dev.muster.http.contract

/** [ProviderContract.whole] of OpenAI's chat completions, for its provider and for other transports under it. */
public const val OPENAI_BODY: String = """{"model":"m","messages":[{"role":"system","content":"Be brief."},""" +
    """{"role":"user","content":"Weather in Paris?"},""" +
    """{"role":"assistant","content":"Let me look.","tool_calls":[{"id":"c1","type":"function",""" +
    """"function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},""" +
    """{"role":"tool","content":"sunny","tool_call_id":"c1"},{"role":"user","content":"And tomorrow?"}],""" +
    """"max_completion_tokens":50,"tools":[{"type":"function","function":{"name":"weather",""" +
    """"description":"Tells the weather","parameters":{"type":"object",""" +
    """"properties":{"city":{"type":"string"}}}}}],"temperature":0.25}"""
