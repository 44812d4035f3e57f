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

/** A call of a tool that the model asks for. */
public class ToolCall
@JvmOverloads
constructor(
    /** The provider's id of the call, repeated in the [Message.tool] that answers it. */
    @get:JvmName("id")
    public val id: String,
    /** The tool's name. */
    @get:JvmName("name")
    public val name: String,
    /** The arguments as the model wrote them: a JSON object, not checked. */
    @get:JvmName("arguments")
    public val arguments: String,
    /** What the provider wants back with the call, where it signs it; else null. Opaque. */
    @get:JvmName("signature")
    public val signature: String? = null,
) {
    override fun equals(other: Any?): Boolean = other is ToolCall &&
        other.id == id &&
        other.name == name &&
        other.arguments == arguments &&
        other.signature == signature

    override fun hashCode(): Int = listOf(id, name, arguments, signature).hashCode()

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
    public val toolCalls: List<ToolCall> = emptyList(),
    /** In a tool message, the id of the call it answers, else null. */
    @get:JvmName("toolCallId")
    public val toolCallId: String? = null,
    /** In a tool message, whether the result says that the tool failed. */
    @get:JvmName("isToolError")
    public val isToolError: Boolean = false,
    /** Set where the prompt up to this message is worth caching. */
    @get:JvmName("cacheControl")
    public val cacheControl: CacheControl? = null,
) {
    /** All text of [content], joined. */
    @get:JvmName("text")
    public val text: String
        get() {
            val only = content.singleOrNull()
            if (only is ContentPart.Text) return only.text
            return content.filterIsInstance<ContentPart.Text>().joinToString("") { it.text }
        }

    /**
     * This message, marked as the end of a beginning that many requests share: what stands up to here, tools included,
     * is worth the provider's cache.
     */
    @JvmOverloads
    public fun cached(control: CacheControl = CacheControl.DEFAULT): Message =
        Message(role, content, toolCalls, toolCallId, isToolError, control)

    override fun equals(other: Any?): Boolean = other is Message && other.parts() == parts()

    override fun hashCode(): Int = parts().hashCode()

    override fun toString(): String = "Message($role, ${content.size} parts, ${toolCalls.size} tool calls)"

    private fun parts() = listOf(role, content, toolCalls, toolCallId, isToolError, cacheControl)

    /** Makes messages. */
    public companion object {
        /** Instructions for the model. */
        @JvmStatic
        public fun system(text: String): Message = Message(Role.SYSTEM, parts(text))

        /** What the user says. */
        @JvmStatic
        public fun user(text: String): Message = Message(Role.USER, parts(text))

        /** What the user says and shows, in order. */
        @JvmStatic
        public fun user(parts: List<ContentPart>): Message = Message(Role.USER, parts.toList())

        /** What the user says and shows, in order. */
        @JvmStatic
        public fun user(vararg parts: ContentPart): Message = user(parts.asList())

        /** What the model has said. */
        @JvmStatic
        public fun assistant(text: String): Message = Message(Role.ASSISTANT, parts(text))

        /** What the model has said and the tools it wants run. */
        @JvmStatic
        public fun assistant(text: String, toolCalls: List<ToolCall>): Message = assistant(parts(text), toolCalls)

        /** What the model has said and thought, and the tools it wants run. */
        @JvmStatic
        public fun assistant(parts: List<ContentPart>, toolCalls: List<ToolCall>): Message =
            Message(Role.ASSISTANT, parts.toList(), toolCalls.toList())

        /**
         * The [result] of the tool call with the id [toolCallId].
         *
         * @param isError whether [result] says why the tool failed
         */
        @JvmStatic
        @JvmOverloads
        public fun tool(toolCallId: String, result: String, isError: Boolean = false): Message =
            Message(Role.TOOL, listOf(ContentPart.Text(result)), toolCallId = toolCallId, isToolError = isError)

        private fun parts(text: String): List<ContentPart> =
            if (text.isEmpty()) emptyList() else listOf(ContentPart.Text(text))
    }
}
