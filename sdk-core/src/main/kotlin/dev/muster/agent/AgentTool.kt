package dev.muster.agent

import dev.muster.chat.ToolDefinition
import java.time.Duration

/**
 * A tool that an agent runs when the model calls it. Created by [tool]. Immutable. The agent may run it several times
 * concurrently, so the code it calls must be thread-safe.
 */
public class AgentTool private constructor(
    /** What the model sees: the name, the description and the schema of the arguments. */
    @get:JvmName("definition")
    public val definition: ToolDefinition,
    /** The timeout of one run, or null to use the agent's [toolTimeout][ChatAgent.Builder.toolTimeout]. */
    @get:JvmName("timeout")
    public val timeout: Duration?,
    /** Whether unknown properties are ignored, and null for an optional property counts as missing. */
    @get:JvmSynthetic
    internal val isLenient: Boolean,
    private val body: suspend (ToolInvocation) -> String,
) {
    /** The name by which the model calls the tool. */
    @get:JvmName("name")
    public val name: String get() = definition.name

    init {
        require(timeout.isNullOrPositive()) { "The timeout of a tool must be positive: $timeout" }
    }

    /**
     * Runs the tool. Does not validate the arguments; an agent does that first.
     *
     * Cancelling the caller cancels the tool: a suspending tool through its coroutine, blocking Java code through an
     * interrupt, a future or a call through its `cancel`.
     *
     * @return the result for the model
     */
    @JvmSynthetic
    public suspend fun run(call: ToolInvocation): String = body(call)

    /** Returns a copy of this tool with another [AgentTool.timeout]. */
    public fun withTimeout(timeout: Duration?): AgentTool = AgentTool(definition, timeout, isLenient, body)

    /**
     * Returns a copy of this tool with lenient validation of its arguments, like that of structured responses:
     * properties that are not in the schema are ignored, and null for an optional property counts as missing.
     *
     * A tool whose arguments are a class is already lenient. A tool with a custom schema is strict by default: it runs
     * only with arguments that the schema allows.
     */
    public fun withLenientArguments(): AgentTool = AgentTool(definition, timeout, true, body)

    override fun toString(): String = "AgentTool($name)"

    internal companion object {
        /** Not a constructor, because Java would see the suspend function type in its signature. */
        @JvmSynthetic
        internal fun of(
            definition: ToolDefinition,
            timeout: Duration?,
            body: suspend (ToolInvocation) -> String,
        ): AgentTool = AgentTool(definition, timeout, false, body)
    }
}

/** One call of a tool, as passed to the tool. */
public class ToolInvocation(
    /** The id that the provider gave to the call. */
    @get:JvmName("id")
    public val id: String,
    /** The tool's name. */
    @get:JvmName("name")
    public val name: String,
    /** The arguments as JSON that is valid under the tool's schema. */
    @get:JvmName("arguments")
    public val arguments: String,
) {
    override fun toString(): String = "ToolInvocation($name, id=$id)"
}

/** How an agent runs the tools that the model calls. */
public enum class ToolExecution {
    /** Runs all tools called in one response at the same time. */
    CONCURRENT,

    /** Runs the tools one after the other, in the order of the model's calls. */
    SEQUENTIAL,

    /** Runs no tools: the agent returns the response with the tool calls, and the caller runs them. */
    MANUAL,
}

internal fun Duration?.isNullOrPositive() = this == null || (!isZero && !isNegative)
