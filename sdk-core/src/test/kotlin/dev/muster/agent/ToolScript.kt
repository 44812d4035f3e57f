package dev.muster.agent

import dev.muster.ScriptedProvider
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.model.ChatModel
import dev.muster.provider.StreamSink
import dev.muster.resilience.RetryPolicy

/** A model that plays a script of answers, whole or streamed: the last one repeats. */
internal class ToolScript(private vararg val answers: suspend () -> ChatResponse.Builder) {
    val provider = ScriptedProvider(onChat = { next() }, onStream = { _, sink -> write(next().build(), sink) })
    val model: ChatModel = provider.client { retry(RetryPolicy.NONE) }.model("scripted::m")
    val requests: List<ChatRequest> get() = provider.requests

    private suspend fun next() = answers[minOf(requests.size, answers.size) - 1]()

    private suspend fun write(answer: ChatResponse, sink: StreamSink) {
        answer.opaqueParts.forEach(sink::opaquePart)
        answer.text.split(" ").forEachIndexed { index, word -> sink.text(if (index == 0) word else " $word") }
        answer.toolCalls.forEachIndexed { index, call -> sink.toolCall(index, call.id, call.name, call.arguments) }
        answer.usage()?.let { sink.usage(it) }
        sink.finish(answer.finishReason, null)
    }

    companion object {
        fun says(text: String, usage: Usage? = null): suspend () -> ChatResponse.Builder =
            { ChatResponse.builder().text(text).usage(usage) }

        fun calls(vararg calls: ToolCall, text: String = "", usage: Usage? = null): suspend () -> ChatResponse.Builder =
            {
                ChatResponse.builder().text(text).toolCalls(calls.asList()).usage(usage)
                    .finish(FinishReason.TOOL_CALLS, null)
            }

        fun fails(failure: Throwable): suspend () -> ChatResponse.Builder = { throw failure }

        fun call(id: String, name: String, arguments: String = "{}") = ToolCall(id, name, arguments)

        /** A tool that takes anything. */
        fun free(name: String, run: suspend (ToolInvocation) -> String): AgentTool =
            tool(ToolDefinition(name, "Does $name", mapOf("type" to "object")), run = run)
    }
}
