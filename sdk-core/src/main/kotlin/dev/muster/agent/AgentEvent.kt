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
 * One step of an agent's answer, rounds of tools included. More kinds may come: have an `else` branch.
 *
 * A family of its own beside [ChatEvent], pieces of text included: so one `when` over a stream has one family of names,
 * and the last event is the agent's answer by its type.
 */
public sealed class AgentEvent {
    /** More text, of whichever round: a model may say something before it calls tools. */
    public class TextDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is TextDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "TextDelta(${text.length} chars)"
    }

    /** More of the model's reasoning, which is no part of the answer. */
    public class ReasoningDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : AgentEvent() {
        override fun equals(other: Any?): Boolean = other is ReasoningDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "ReasoningDelta(${text.length} chars)"
    }

    /** The model has called a tool, which is about to run. A collector that leaves here has kept it from running. */
    public class ToolStarted(
        /** What the model has asked for. */
        @get:JvmName("call")
        public val call: ToolCall,
    ) : AgentEvent() {
        override fun toString(): String = "ToolStarted(${call.name}, id=${call.id})"
    }

    /** A tool has ended; of tools that run at the same time the fastest is told first. */
    public class ToolFinished(
        /** What came of it. */
        @get:JvmName("run")
        public val run: ToolRun,
    ) : AgentEvent() {
        override fun toString(): String = "ToolFinished($run)"
    }

    /** The answer is whole. Always the last event. */
    public class Finished(
        /** All of it, as [ChatAgent.chat] gives it. */
        @get:JvmName("response")
        public val response: AgentResponse,
        /** The object that the answer is, where one was asked for; else null. */
        @get:JvmName("structured")
        public val structured: StructuredResponse<*>? = null,
    ) : AgentEvent() {
        override fun toString(): String = "Finished($response)"
    }
}

/** Only the text, piece by piece, of all rounds. */
@JvmSynthetic
public fun Flow<AgentEvent>.text(): Flow<String> = filterIsInstance<AgentEvent.TextDelta>().map { it.text }

/**
 * The text in a flow of [ChatEvent]s or [AgentEvent]s, for facades; other elements fail the flow with an
 * [IllegalStateException].
 */
public fun textOf(flow: Flow<*>): Flow<String> = flow.transform { event ->
    when (event) {
        is ChatEvent.TextDelta -> emit(event.text)
        is AgentEvent.TextDelta -> emit(event.text)
        is ChatEvent, is AgentEvent -> Unit
        else -> error("text() is for streams of chat events, not of ${event?.javaClass?.name}")
    }
}
