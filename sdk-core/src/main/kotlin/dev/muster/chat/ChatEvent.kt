package dev.muster.chat

/** One event of a streamed response. Later versions may add kinds, so a `when` needs an `else` branch. */
@Suppress("UnnecessaryAbstractClass") // Not sealed: see decision 23.
public abstract class ChatEvent internal constructor() {
    /** The next piece of the response's text. */
    public class TextDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : ChatEvent() {
        override fun equals(other: Any?): Boolean = other is TextDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "TextDelta(${text.length} chars)"
    }

    /** The next piece of the model's reasoning. Reasoning is not part of the response's text. */
    public class ReasoningDelta(
        /** The new piece, never empty. */
        @get:JvmName("text")
        public val text: String,
    ) : ChatEvent() {
        override fun equals(other: Any?): Boolean = other is ReasoningDelta && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "ReasoningDelta(${text.length} chars)"
    }

    /** The response is complete. This is always the last event. */
    public class Finished(
        /** The complete response: joined text, tool calls, usage and finish reason. */
        @get:JvmName("response")
        public val response: ChatResponse,
    ) : ChatEvent() {
        override fun toString(): String = "Finished($response)"
    }
}
