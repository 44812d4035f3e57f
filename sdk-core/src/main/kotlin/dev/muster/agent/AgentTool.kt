package dev.muster.agent

import dev.muster.chat.ToolDefinition
import java.time.Duration

/**
 * A tool that an agent runs when its model calls it: see [tool]. Immutable; it may be run any number of times at once,
 * so that what it uses has to bear that.
 */
public class AgentTool private constructor(
    /** What the model is shown: name, description, schema of the arguments. */
    @get:JvmName("definition")
    public val definition: ToolDefinition,
    /** How long one run may take; null: as long as the agent allows, see [ChatAgent.Builder.toolTimeout]. */
    @get:JvmName("timeout")
    public val timeout: Duration?,
    /** Whether unknown properties are ignored, and null counts as missing for one that is not required. */
    @get:JvmSynthetic
    internal val isLenient: Boolean,
    private val body: suspend (ToolInvocation) -> String,
) {
    /** The name the model calls it by. */
    @get:JvmName("name")
    public val name: String get() = definition.name

    init {
        require(timeout.isNullOrPositive()) { "The timeout of a tool must be positive: $timeout" }
    }

    /**
     * Runs the tool. Arguments are taken as they are: an agent has validated them before.
     *
     * Where the caller is cancelled the tool is: suspending code by its coroutine, blocking Java code by an interrupt,
     * futures and calls by their cancel.
     *
     * @return what the model is told
     */
    @JvmSynthetic
    public suspend fun run(call: ToolInvocation): String = body(call)

    /** This tool with another [AgentTool.timeout]. */
    public fun withTimeout(timeout: Duration?): AgentTool = AgentTool(definition, timeout, isLenient, body)

    /**
     * This tool, with its arguments checked like answers: properties that the schema does not have are ignored, and
     * null counts as missing for one that is not required. A tool whose arguments are a class is lenient already; one
     * with a custom schema runs only with what that allows.
     */
    public fun withLenientArguments(): AgentTool = AgentTool(definition, timeout, true, body)

    override fun toString(): String = "AgentTool($name)"

    internal companion object {
        /** What Java sees of it must have nothing of Kotlin, so that this is no constructor. */
        @JvmSynthetic
        internal fun of(
            definition: ToolDefinition,
            timeout: Duration?,
            body: suspend (ToolInvocation) -> String,
        ): AgentTool = AgentTool(definition, timeout, false, body)
    }
}

/** One call of a tool, as the tool sees it. */
public class ToolInvocation(
    /** The provider's id of the call. */
    @get:JvmName("id")
    public val id: String,
    /** The tool's name. */
    @get:JvmName("name")
    public val name: String,
    /** The arguments: JSON that the tool's schema allows. */
    @get:JvmName("arguments")
    public val arguments: String,
) {
    override fun toString(): String = "ToolInvocation($name, id=$id)"
}

/** How an agent runs the tools that its model calls. */
public enum class ToolExecution {
    /** Those of one answer at the same time. */
    CONCURRENT,

    /** One after the other, in the model's order. */
    SEQUENTIAL,

    /** Not at all: the answer that calls tools is the agent's, and its caller does the rest. */
    MANUAL,
}

internal fun Duration?.isNullOrPositive() = this == null || (!isZero && !isNegative)
