package dev.muster.chat

/** Whether a model may call the tools of a [ChatRequest], or must. Forms that cannot say it refuse the request. */
public class ToolChoice private constructor(
    /** What is asked of the model. */
    @get:JvmName("mode")
    public val mode: Mode,
    /** The one tool it must call; null where none is named. */
    @get:JvmName("toolName")
    public val toolName: String?,
) {
    /** What is asked of the model. */
    public enum class Mode {
        /** It calls tools as it likes. */
        AUTO,

        /** It calls none. */
        NONE,

        /** It calls one at least. */
        REQUIRED,

        /** It calls the one that is named. */
        TOOL,
    }

    override fun equals(other: Any?): Boolean = other is ToolChoice && other.mode == mode && other.toolName == toolName

    override fun hashCode(): Int = 31 * mode.hashCode() + toolName.hashCode()

    override fun toString(): String = if (toolName == null) "ToolChoice($mode)" else "ToolChoice($mode $toolName)"

    /** The choices. */
    public companion object {
        /** The model calls tools as it likes. */
        @JvmField
        public val AUTO: ToolChoice = ToolChoice(Mode.AUTO, null)

        /** The model calls no tool. */
        @JvmField
        public val NONE: ToolChoice = ToolChoice(Mode.NONE, null)

        /** The model calls one tool at least. */
        @JvmField
        public val REQUIRED: ToolChoice = ToolChoice(Mode.REQUIRED, null)

        /** The model calls the tool [name], which must be among [ChatRequest.tools]. */
        @JvmStatic
        public fun tool(name: String): ToolChoice = ToolChoice(Mode.TOOL, name)
    }
}
