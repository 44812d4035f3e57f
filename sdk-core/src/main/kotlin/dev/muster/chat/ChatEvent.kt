package dev.muster.chat

/** One step of a streamed answer. More kinds may come: have an `else` branch. */
public sealed class ChatEvent {
    /** More of the answer's text. */
    public class TextDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : ChatEvent() {
        override fun equals(other: Any?): Boolean = other is TextDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "TextDelta(${text.length} chars)"
    }

    /** More of the model's reasoning, which is no part of the answer. */
    public class ReasoningDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : ChatEvent() {
        override fun equals(other: Any?): Boolean = other is ReasoningDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "ReasoningDelta(${text.length} chars)"
    }

    /** The answer is whole. Always the last event. */
    public class Finished(
        /** All of it: joined text, tool calls, usage, finish reason. */
        @get:JvmName("response")
        public val response: ChatResponse,
    ) : ChatEvent() {
        override fun toString(): String = "Finished($response)"
    }
}
