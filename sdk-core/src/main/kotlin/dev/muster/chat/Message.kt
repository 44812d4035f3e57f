package dev.muster.chat

/** Who speaks in a [Message]. */
public enum class Role {
    /** Instructions that stand above the conversation. */
    SYSTEM,

    /** The one who asks. */
    USER,

    /** The model. */
    ASSISTANT,

    /** The result of a tool the model has called. */
    TOOL,
}

/** One piece of a message's content. More kinds may come: have an `else` branch. */
public sealed class ContentPart {
    /** Plain text. */
    public class Text(
        /** The text, sent unchanged. */
        @get:JvmName("text")
        public val text: String,
    ) : ContentPart() {
        override fun equals(other: Any?): Boolean = other is Text && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "Text(${text.length} chars)"
    }
}

/** A call of a tool that the model asks for. */
public class ToolCall(
    /** The provider's id of the call, repeated in the [Message.tool] that answers it. */
    @get:JvmName("id")
    public val id: String,
    /** The tool's name. */
    @get:JvmName("name")
    public val name: String,
    /** The arguments as the model wrote them: a JSON object, not checked. */
    @get:JvmName("arguments")
    public val arguments: String,
) {
    override fun equals(other: Any?): Boolean =
        other is ToolCall && other.id == id && other.name == name && other.arguments == arguments

    override fun hashCode(): Int = (31 * id.hashCode() + name.hashCode()) * 31 + arguments.hashCode()

    override fun toString(): String = "ToolCall(id=$id, name=$name)"
}

/**
 * One message of a conversation. Immutable; `toString` leaves the content out, which may be private.
 */
public class Message private constructor(
    /** Who speaks. */
    @get:JvmName("role")
    public val role: Role,
    /** What is said, in order; empty only where an assistant message has nothing but [toolCalls]. */
    @get:JvmName("content")
    public val content: List<ContentPart>,
    /** The calls an assistant message asks for, else empty. */
    @get:JvmName("toolCalls")
    public val toolCalls: List<ToolCall>,
    /** In a tool message, the id of the call it answers, else null. */
    @get:JvmName("toolCallId")
    public val toolCallId: String?,
) {
    /** All text of [content], joined. */
    @get:JvmName("text")
    public val text: String
        get() {
            val only = content.singleOrNull()
            if (only is ContentPart.Text) return only.text
            return content.filterIsInstance<ContentPart.Text>().joinToString("") { it.text }
        }

    override fun equals(other: Any?): Boolean = other is Message &&
        other.role == role &&
        other.content == content &&
        other.toolCalls == toolCalls &&
        other.toolCallId == toolCallId

    override fun hashCode(): Int = listOf(role, content, toolCalls, toolCallId).hashCode()

    override fun toString(): String = "Message($role, ${content.size} parts, ${toolCalls.size} tool calls)"

    /** Makes messages. */
    public companion object {
        /** Instructions for the model. */
        @JvmStatic
        public fun system(text: String): Message = of(Role.SYSTEM, text)

        /** What the user says. */
        @JvmStatic
        public fun user(text: String): Message = of(Role.USER, text)

        /** What the model has said. */
        @JvmStatic
        public fun assistant(text: String): Message = of(Role.ASSISTANT, text)

        /** What the model has said and the tools it wants run. */
        @JvmStatic
        public fun assistant(text: String, toolCalls: List<ToolCall>): Message =
            Message(Role.ASSISTANT, parts(text), toolCalls.toList(), null)

        /** The [result] of the tool call with the id [toolCallId]. */
        @JvmStatic
        public fun tool(toolCallId: String, result: String): Message =
            Message(Role.TOOL, listOf(ContentPart.Text(result)), emptyList(), toolCallId)

        private fun of(role: Role, text: String): Message = Message(role, parts(text), emptyList(), null)

        private fun parts(text: String): List<ContentPart> =
            if (text.isEmpty()) emptyList() else listOf(ContentPart.Text(text))
    }
}
