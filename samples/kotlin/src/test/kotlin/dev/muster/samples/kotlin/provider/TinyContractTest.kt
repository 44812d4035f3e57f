package dev.muster.samples.kotlin.provider

import dev.muster.contract.FailureContract
import dev.muster.fake.FakeAnswer
import dev.muster.fake.FakeChat
import dev.muster.fake.FakeFormat
import dev.muster.fake.FakeMessage
import dev.muster.fake.FakeToolCall
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonObjectBuilder
import kotlinx.serialization.json.addJsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonArray
import kotlinx.serialization.json.putJsonObject

/*
 * The contract for the provider of docs/providers.md.
 */

class TinyContractTest : FailureContract("tiny", maxTokens = "/limit", tellsDetails = false) {
    init {
        server.format(TinyFormat)
    }

    override val url: String get() = "${server.url}/v1"
    override val keyHeader: Pair<String, String> get() = "x-tiny-key" to KEY
    override val calledTool: String get() = "/messages/2/calls/0/tool"
    override val toolSchema: String get() = "/tools/0/schema"
    override val listsModels: Boolean get() = false

    override val whole: String = """{"model":"m","messages":[{"role":"system","text":"Be brief."},""" +
        """{"role":"user","text":"Weather in Paris?"},{"role":"assistant","text":"Let me look.",""" +
        """"calls":[{"id":"c1","tool":"weather","args":"{\"city\":\"Paris\"}"}]},""" +
        """{"role":"tool","text":"sunny","call":"c1"},{"role":"user","text":"And tomorrow?"}],""" +
        """"tools":[{"name":"weather","about":"Tells the weather","schema":{"type":"object",""" +
        """"properties":{"city":{"type":"string"}}}}],"temperature":0.25,"limit":50,"stream":false}"""

    override fun finishWord(reason: String): String = if (reason == "length") "limit" else reason
}

object TinyFormat : FakeFormat(path = "/v1/chat", keyHeader = "x-tiny-key") {
    override fun read(body: String): FakeChat {
        val json = Json.parseToJsonElement(body).jsonObject
        return FakeChat(
            model = json.text("model").orEmpty(),
            messages = json.getValue("messages").jsonArray.map { it.jsonObject }.map {
                FakeMessage(it.text("role").orEmpty(), it.text("text").orEmpty(), it.text("call"))
            },
            stream = json.getValue("stream").jsonPrimitive.boolean,
            maxTokens = json["limit"]?.jsonPrimitive?.int,
            tools = json["tools"]?.jsonArray.orEmpty().mapNotNull { it.jsonObject.text("name") },
        )
    }

    override fun whole(answer: FakeAnswer): String = buildJsonObject {
        put("text", answer.text)
        if (answer.reasoning.isNotEmpty()) put("thinking", answer.reasoning)
        if (answer.toolCalls.isNotEmpty()) calls(answer.toolCalls)
        end(answer)
    }.toString()

    override fun textEvent(piece: String): String = buildJsonObject { put("text", piece) }.toString()

    override fun reasoningEvent(piece: String): String = buildJsonObject { put("thinking", piece) }.toString()

    override fun toolCallEvent(call: FakeToolCall): String = buildJsonObject { calls(listOf(call)) }.toString()

    override fun endEvent(answer: FakeAnswer): String = buildJsonObject { end(answer) }.toString()

    override fun error(status: Int, code: String?, message: String): String = buildJsonObject {
        putJsonObject("error") {
            if (code != null) put("code", code)
            put("message", message)
        }
    }.toString()

    private fun JsonObjectBuilder.calls(calls: List<FakeToolCall>) {
        putJsonArray("calls") {
            calls.forEach { call ->
                addJsonObject {
                    put("id", call.id)
                    put("tool", call.name)
                    put("args", call.arguments)
                }
            }
        }
    }

    private fun JsonObjectBuilder.end(answer: FakeAnswer) {
        put("model", answer.model)
        put("end", WORDS[answer.finishReason] ?: answer.finishReason)
        if (answer.inputTokens == null) return
        putJsonObject("used") {
            put("in", answer.inputTokens)
            put("out", answer.outputTokens)
        }
    }

    private val WORDS = mapOf("length" to "limit", "tool_calls" to "calls")

    private fun JsonObject.text(name: String): String? = this[name]?.jsonPrimitive?.content
}
