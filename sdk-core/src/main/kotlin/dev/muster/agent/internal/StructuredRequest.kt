package dev.muster.agent.internal

import dev.muster.agent.OutputType
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.Message
import dev.muster.chat.ResponseFormat
import dev.muster.chat.Role
import dev.muster.chat.StructuredOutputMode
import dev.muster.chat.ToolChoice
import dev.muster.chat.ToolDefinition
import dev.muster.model.ChatModel
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonArray
import kotlinx.serialization.json.buildJsonObject

/** How a model is asked for one output type: natively, by a tool or by an instruction, as the model supports it. */
internal class StructuredRequest private constructor(
    /** The request to send, including the schema or the instruction. */
    val request: ChatRequest,
    private val type: OutputType<*>,
    /** The tool whose arguments are the response. A call of it is not run and ends the rounds. Null without a tool. */
    val answerTool: String?,
) {
    /** Returns the JSON that the model returned: the arguments of the answer tool, else the text. */
    fun rawOf(response: ChatResponse): String =
        response.toolCalls.firstOrNull { it.name == answerTool }?.arguments ?: response.text

    /** Returns the messages that tell the model why [response] is not valid and ask it again. */
    fun mending(response: ChatResponse, reason: String): List<Message> {
        val complaint = "Your answer is not valid: $reason. Answer again, with all of the JSON and nothing else. " +
            "The JSON schema is: ${jsonOf(type.schema)}"
        val results = response.toolCalls.map {
            Message.tool(it.id, if (it.name == answerTool) complaint else "Not run: you also gave your answer", true)
        }
        return results.ifEmpty { listOf(Message.user(complaint)) }
    }

    companion object {
        fun of(model: ChatModel, request: ChatRequest, type: OutputType<*>): StructuredRequest {
            val formed = request.toBuilder().responseFormat(ResponseFormat(type.name, type.schema)).build()
            return when (model.structuredOutput(formed)) {
                StructuredOutputMode.NATIVE -> StructuredRequest(formed, type, null)
                StructuredOutputMode.TOOL -> byTool(request, type)
                StructuredOutputMode.INSTRUCTION -> byInstruction(request, type)
            }
        }

        private fun byTool(request: ChatRequest, type: OutputType<*>): StructuredRequest {
            val taken = request.tools.map { it.name }
            val name = generateSequence(ANSWER) { it + "_" }.first { it !in taken }
            val tool = ToolDefinition(name, "Gives your answer. Call it once, when you know the answer.", type.schema)
            // With other tools, any tool may be called: the model may need them before it can answer.
            val choice = if (taken.isEmpty()) ToolChoice.tool(name) else ToolChoice.REQUIRED
            val builder = request.toBuilder().responseFormat(null).tools(request.tools + tool).toolChoice(choice)
            return StructuredRequest(builder.build(), type, name)
        }

        private fun byInstruction(request: ChatRequest, type: OutputType<*>) =
            StructuredRequest(instructed(request, instruction(type)), type, null)

        private fun instruction(type: OutputType<*>) =
            "Answer with JSON that fits the following JSON schema, and with nothing else: no words around it, no " +
                "code fence.\n${jsonOf(type.schema)}"

        /** Appends to an existing system message, because not every model accepts two. */
        private fun instructed(request: ChatRequest, instruction: String): ChatRequest {
            val first = request.messages.firstOrNull()?.takeIf { it.role == Role.SYSTEM }
            val system = Message.system(if (first == null) instruction else "${first.text}\n\n$instruction")
            val rest = if (first == null) request.messages else request.messages.drop(1)
            val cached = first?.cacheControl?.let { system.cached(it) } ?: system
            return request.toBuilder().responseFormat(null).messages(listOf(cached) + rest).build()
        }

        private const val ANSWER = "answer"
    }
}

/** Converts [value], made of maps, lists, strings, numbers, booleans and nulls, to JSON. */
internal fun jsonOf(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is Boolean -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is Map<*, *> -> buildJsonObject { value.forEach { (key, member) -> put(key.toString(), jsonOf(member)) } }
    is Iterable<*> -> buildJsonArray { value.forEach { add(jsonOf(it)) } }
    else -> JsonPrimitive(value.toString())
}
