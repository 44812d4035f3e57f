@file:JvmName("AgentEvents")

package dev.muster.agent

import dev.muster.chat.ChatEvent
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolRun
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.transform

/**
 * One event of an agent's streamed response, including its tool rounds. Later versions may add kinds, so a `when` needs
 * an `else` branch.
 *
 * Separate from [ChatEvent], even for text: a `when` over a stream needs only one set of names, and the last event
 * holds the whole [AgentResponse].
 */
public sealed class AgentEvent {
    /** A new piece of text, from any round: a model may write text before it calls tools. */
    public class TextDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is TextDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "TextDelta(${text.length} chars)"
    }

    /** A new piece of the model's reasoning, which is not part of the response text. */
    public class ReasoningDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is ReasoningDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "ReasoningDelta(${text.length} chars)"
    }

    /** The model has called a tool, which is about to run. Cancelling the collection at this event prevents the run. */
    public class ToolStarted(
        /** The model's call: tool name, id and arguments. */
        @get:JvmName("call")
        public val call: ToolCall,
    ) : AgentEvent() {
        override fun toString(): String = "ToolStarted(${call.name}, id=${call.id})"
    }

    /** A tool has finished or failed. Tools that run at the same time are reported in order of completion. */
    public class ToolFinished(
        /** The result of the tool, or its error. */
        @get:JvmName("run")
        public val run: ToolRun,
    ) : AgentEvent() {
        override fun toString(): String = "ToolFinished($run)"
    }

    /** The response is complete. Always the last event. */
    public class Finished(
        /** The whole response, as [ChatAgent.chat] returns it. */
        @get:JvmName("response")
        public val response: AgentResponse,
        /** The response as an object if a typed view such as [TypedChatAgent] started the stream, else null. */
        @get:JvmName("structured")
        public val structured: StructuredResponse<*>? = null,
    ) : AgentEvent() {
        override fun toString(): String = "Finished($response)"
    }
}

/** Returns only the text pieces of this flow, from all rounds. */
@JvmSynthetic
public fun Flow<AgentEvent>.text(): Flow<String> = filterIsInstance<AgentEvent.TextDelta>().map { it.text }

/**
 * Returns the text pieces of a flow of [ChatEvent]s or [AgentEvent]s. For facades. Any other element fails the flow
 * with an [IllegalStateException].
 */
public fun textOf(flow: Flow<*>): Flow<String> = flow.transform { event ->
    when (event) {
        is ChatEvent.TextDelta -> emit(event.text)
        is AgentEvent.TextDelta -> emit(event.text)
        is ChatEvent, is AgentEvent -> Unit
        else -> error("text() needs a stream of chat or agent events, not of ${event?.javaClass?.name}")
    }
}
