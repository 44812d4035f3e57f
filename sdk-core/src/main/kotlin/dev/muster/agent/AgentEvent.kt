@file:JvmName("AgentEvents")

package dev.muster.agent

import dev.muster.annotation.InternalMusterApi
import dev.muster.chat.ChatEvent
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolRun
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.map

/**
 * One event of an agent's streamed response, including its tool rounds. Later versions may add kinds, so a `when` needs
 * an `else` branch.
 *
 * Separate from [ChatEvent], even for text: a `when` over a stream needs only one set of names, and the last event
 * holds the whole [AgentResponse].
 */
@Suppress("UnnecessaryAbstractClass") // Not sealed: see decision 23.
public abstract class AgentEvent internal constructor() {
    /** A new piece of text, from any round: a model may write text before it calls tools. */
    public class TextDelta internal constructor(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is TextDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "TextDelta(${text.length} chars)"
    }

    /** A new piece of the model's reasoning, which is not part of the response text. */
    public class ReasoningDelta internal constructor(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is ReasoningDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "ReasoningDelta(${text.length} chars)"
    }

    /** The model has called a tool, which is about to run. Cancelling the collection at this event prevents the run. */
    public class ToolStarted internal constructor(
        /** The model's call: tool name, id and arguments. */
        @get:JvmName("call")
        public val call: ToolCall,
    ) : AgentEvent() {
        override fun toString(): String = "ToolStarted(${call.name}, id=${call.id})"
    }

    /** A tool has finished or failed. Tools that run at the same time are reported in order of completion. */
    public class ToolFinished internal constructor(
        /** The result of the tool, or its error. */
        @get:JvmName("run")
        public val run: ToolRun,
    ) : AgentEvent() {
        override fun toString(): String = "ToolFinished($run)"
    }

    /** The response is complete. Always the last event. */
    public class Finished internal constructor(
        /** The whole response, as [ChatAgent.chat] returns it. */
        @get:JvmName("response")
        public val response: AgentResponse,
        /** The response as an object if a typed view such as [TypedChatAgent] started the stream, else null. */
        @get:JvmName("structured")
        public val structured: StructuredResponse<*>?,
    ) : AgentEvent() {
        override fun toString(): String = "Finished($response)"
    }
}

/** Returns only the text pieces of this flow, from all rounds. */
public fun Flow<AgentEvent>.text(): Flow<String> = filterIsInstance<AgentEvent.TextDelta>().map { it.text }
