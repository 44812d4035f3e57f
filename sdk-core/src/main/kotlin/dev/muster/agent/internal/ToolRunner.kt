package dev.muster.agent.internal

import dev.muster.agent.AgentTool
import dev.muster.agent.ToolArgumentsException
import dev.muster.agent.ToolInvocation
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolRun
import dev.muster.concurrent.settle
import dev.muster.concurrent.startClock
import dev.muster.concurrent.withinLimit
import dev.muster.error.LlmTimeoutException
import dev.muster.error.TimeoutKind
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonElement
import org.slf4j.LoggerFactory
import java.time.Duration
import kotlin.coroutines.CoroutineContext
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration

/** Runs the tools that a model calls. Turns every failure into a result for the model. */
internal class ToolRunner(tools: List<AgentTool>, private val timeout: Duration?) {
    private val byName = tools.associateBy { it.name }
    private val validators = tools.associate {
        it.name to SchemaValidator(it.definition.parameters, isLenient = it.isLenient)
    }

    /** Runs the tool in [context]. Throws only the caller's cancellation and [Error]s. */
    suspend fun run(call: ToolCall, round: Int, context: CoroutineContext): ToolRun {
        val tool = byName[call.name] ?: return refused(call, round, unknown(call.name))
        val arguments = call.arguments.ifBlank { "{}" }
        faultOf(tool, arguments)?.let { return refused(call, round, it) }
        val start = startClock()
        val ending = settle {
            withContext(context) { limited(tool) { tool.run(ToolInvocation(call.id, call.name, arguments)) } }
        }
        val duration = start.elapsedNow().toJavaDuration()
        val failure = ending.exceptionOrNull() ?: return ToolRun(call, ending.getOrThrow(), false, duration, round)
        log.debug("Tool {} failed; the model gets the error as the result", call.name, failure)
        return ToolRun(call, textOf(failure), true, duration, round)
    }

    private suspend fun limited(tool: AgentTool, block: suspend () -> String): String {
        val limit = tool.timeout ?: timeout ?: return block()
        val passed = {
            LlmTimeoutException("The tool timed out after ${limit.toMillis()} ms", TimeoutKind.TOOL, limit)
        }
        return withinLimit(limit.toKotlinDuration(), passed, block)
    }

    private fun faultOf(tool: AgentTool, arguments: String): String? {
        val json =
            try {
                parse(arguments)
            } catch (e: ToolArgumentsException) {
                return badArguments(e)
            }
        val faults = validators.getValue(tool.name).faultsOf(json)
        if (faults.isEmpty()) return null
        return badArguments(ToolArgumentsException(faults.joinToString("; ")))
    }

    private fun refused(call: ToolCall, round: Int, why: String) = ToolRun(call, why, true, Duration.ZERO, round)

    private fun unknown(name: String): String {
        val known = byName.keys.joinToString()
        return "There is no tool named ${name.take(MAX_NAME)}. " +
            if (known.isEmpty()) "There are no tools." else "The tools are: $known"
    }

    private fun badArguments(e: ToolArgumentsException) = "The arguments are not valid: ${e.message}"

    /** The message of the failure, cut to a maximum length; never its stack trace. */
    private fun textOf(failure: Throwable): String {
        if (failure is ToolArgumentsException) return badArguments(failure)
        return "The tool failed: ${failure.words()}".take(MAX_MESSAGE)
    }

    private companion object {
        const val MAX_NAME = 64
        const val MAX_MESSAGE = 2_000
        val log = LoggerFactory.getLogger("dev.muster.agent")
    }
}

/** Parses arguments written by a model. */
private fun parse(arguments: String): JsonElement {
    if (isTooDeep(arguments)) throw ToolArgumentsException("they are nested deeper than $MAX_DEPTH levels")
    return jsonOrNull(arguments) ?: throw ToolArgumentsException("they are not JSON")
}
