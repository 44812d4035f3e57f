package dev.muster.chat

/**
 * Whether a model may or must call the tools of a [ChatRequest]. An API format that cannot express the choice rejects
 * the request.
 */
public class ToolChoice private constructor(
    /** What the model may or must do. */
    @get:JvmName("mode")
    public val mode: Mode,
    /** The one tool the model must call. Null if none is named. */
    @get:JvmName("toolName")
    public val toolName: String?,
) {
    /** What the model may or must do. */
    public enum class Mode {
        /** The model decides whether to call tools. */
        AUTO,

        /** The model calls no tool. */
        NONE,

        /** The model calls at least one tool. */
        REQUIRED,

        /** The model calls the named tool. */
        TOOL,
    }

    override fun equals(other: Any?): Boolean = other is ToolChoice && other.mode == mode && other.toolName == toolName

    override fun hashCode(): Int = 31 * mode.hashCode() + toolName.hashCode()

    override fun toString(): String = if (toolName == null) "ToolChoice($mode)" else "ToolChoice($mode $toolName)"

    /** The choices. */
    public companion object {
        /** The model decides whether to call tools. */
        @JvmField
        public val AUTO: ToolChoice = ToolChoice(Mode.AUTO, null)

        /** The model calls no tool. */
        @JvmField
        public val NONE: ToolChoice = ToolChoice(Mode.NONE, null)

        /** The model calls at least one tool. */
        @JvmField
        public val REQUIRED: ToolChoice = ToolChoice(Mode.REQUIRED, null)

        /** The model calls the tool [name], which must be one of [ChatRequest.tools]. */
        @JvmStatic
        public fun tool(name: String): ToolChoice = ToolChoice(Mode.TOOL, name)
    }
}
