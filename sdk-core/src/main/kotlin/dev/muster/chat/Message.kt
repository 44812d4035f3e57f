package dev.muster.chat

/** The author of a [Message]. */
public enum class Role {
    /** Instructions that apply to the whole conversation. */
    SYSTEM,

    /** The user. */
    USER,

    /** The model. */
    ASSISTANT,

    /** The result of a tool call. */
    TOOL,
}

/** A tool call requested by the model. */
public class ToolCall(
    /** The provider's id of the call. The [Message.tool] with the result repeats it. */
    @get:JvmName("id")
    public val id: String,
    /** The name of the tool. */
    @get:JvmName("name")
    public val name: String,
    /** The arguments as the model wrote them: a JSON object, not validated. */
    @get:JvmName("arguments")
    public val arguments: String,
    /**
     * The provider's signature of the call, which must be sent back with it; null if the provider does not sign calls.
     * Opaque.
     */
    @get:JvmName("signature")
    public val signature: String?,
) {
    /** Creates a call without a signature. */
    public constructor(id: String, name: String, arguments: String) : this(id, name, arguments, null)

    override fun equals(other: Any?): Boolean = other is ToolCall &&
        other.id == id &&
        other.name == name &&
        other.arguments == arguments &&
        other.signature == signature

    override fun hashCode(): Int = listOf(id, name, arguments, signature).hashCode()

    override fun toString(): String = "ToolCall(id=$id, name=$name)"
}

/** One message of a conversation. Immutable. `toString` omits the content, which may be private. */
public class Message private constructor(
    /** The author. */
    @get:JvmName("role")
    public val role: Role,
    /** The content, in order. Empty only if an assistant message has nothing but [toolCalls]. */
    @get:JvmName("content")
    public val content: List<ContentPart>,
    /** The tool calls that an assistant message requests. Empty in other messages. */
    @get:JvmName("toolCalls")
    public val toolCalls: List<ToolCall> = emptyList(),
    /** In a tool message, the id of the call it answers. Null in other messages. */
    @get:JvmName("toolCallId")
    public val toolCallId: String? = null,
    /** In a tool message, whether the result reports a failure of the tool. */
    @get:JvmName("isToolError")
    public val isToolError: Boolean = false,
    /** Marks the prompt up to this message as worth caching; null if it is not marked. */
    @get:JvmName("cacheControl")
    public val cacheControl: CacheControl? = null,
) {
    /** The text parts of [content], joined. */
    @get:JvmName("text")
    public val text: String
        get() {
            val only = content.singleOrNull()
            if (only is ContentPart.Text) return only.text
            return content.filterIsInstance<ContentPart.Text>().joinToString("") { it.text }
        }

    /**
     * Returns a copy of this message that marks the prompt up to here, tools included, as worth keeping in the
     * provider's cache. Use it at the end of a beginning that many requests share.
     */
    @JvmOverloads
    public fun cached(control: CacheControl = CacheControl.DEFAULT): Message =
        Message(role, content, toolCalls, toolCallId, isToolError, control)

    override fun equals(other: Any?): Boolean = other is Message && other.parts() == parts()

    override fun hashCode(): Int = parts().hashCode()

    override fun toString(): String = "Message($role, ${content.size} parts, ${toolCalls.size} tool calls)"

    private fun parts() = listOf(role, content, toolCalls, toolCallId, isToolError, cacheControl)

    /** Creates messages. */
    public companion object {
        /** Returns a system message with instructions for the model. */
        @JvmStatic
        public fun system(text: String): Message = Message(Role.SYSTEM, parts(text))

        /** Returns a user message with [text]. */
        @JvmStatic
        public fun user(text: String): Message = Message(Role.USER, parts(text))

        /** Returns a user message with [parts], in order. */
        @JvmStatic
        public fun user(parts: List<ContentPart>): Message = Message(Role.USER, parts.toList())

        /** Returns a user message with [parts], in order. */
        @JvmStatic
        public fun user(vararg parts: ContentPart): Message = user(parts.asList())

        /** Returns an assistant message with [text]. */
        @JvmStatic
        public fun assistant(text: String): Message = Message(Role.ASSISTANT, parts(text))

        /** Returns an assistant message with [text] and the tool calls the model requests. */
        @JvmStatic
        public fun assistant(text: String, toolCalls: List<ToolCall>): Message = assistant(parts(text), toolCalls)

        /**
         * Returns an assistant message with [parts], such as text and reasoning, and the tool calls the model
         * requests.
         */
        @JvmStatic
        public fun assistant(parts: List<ContentPart>, toolCalls: List<ToolCall>): Message =
            Message(Role.ASSISTANT, parts.toList(), toolCalls.toList())

        /**
         * Returns a tool message with the [result] of the tool call whose id is [toolCallId].
         *
         * @param isError whether [result] reports a failure of the tool
         */
        @JvmStatic
        @JvmOverloads
        public fun tool(toolCallId: String, result: String, isError: Boolean = false): Message =
            Message(Role.TOOL, listOf(ContentPart.Text(result)), toolCallId = toolCallId, isToolError = isError)

        private fun parts(text: String): List<ContentPart> =
            if (text.isEmpty()) emptyList() else listOf(ContentPart.Text(text))
    }
}
