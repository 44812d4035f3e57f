package dev.muster.error

import dev.muster.chat.Usage
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import java.util.concurrent.CancellationException
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The progress of a call when it was cancelled, for the timeout that cancelled it. */
internal class Arrived(
    /** The model and the attempts so far; without a provider for an operation of several calls. */
    val context: ErrorContext,
    /** What the call was doing. */
    val doing: String,
    /** The failures of the earlier attempts. */
    val earlier: List<LlmException>,
    /** The text of a stream received so far. */
    val text: String?,
    /** The usage reported so far. */
    val usage: Usage?,
)

/** Adds the progress of the calls that this timeout has cancelled. */
internal fun LlmTimeoutException.tellOf(arrived: List<Arrived>) {
    val calls = arrived.filter { it.context.provider != null }
    val isNamed = context.provider != null
    val told = context.toBuilder()
    calls.map { it.context.provider }.distinct().singleOrNull()?.let(told::provider)
    calls.map { it.context.provider to it.context.model }.distinct().singleOrNull()
        ?.let { (_, model) -> told.model(model) }
    val call = calls.singleOrNull()
    call?.context?.attempts?.let(told::attempts)
    context = told.build()
    note =
        when {
            calls.isEmpty() -> null
            call == null -> "${calls.size} calls were cancelled"
            isNamed -> call.doing
            else -> "${call.context.provider}::${call.context.model}: ${call.doing}"
        }
    val stream = arrived.singleOrNull { it.text != null || it.usage != null }
    partialText = stream?.text
    partialUsage = stream?.usage
    arrived.flatMap { it.earlier }.distinct().take(MAX_EARLIER).forEach(::addSuppressed)
}

/**
 * Collects the reports of the calls that a timeout cancels. An element in the context of the code under the timeout.
 *
 * @param outer the element of the timeout around this one
 */
internal class Arrivals(private val outer: Arrivals?) : AbstractCoroutineContextElement(Key) {
    private val reports = ConcurrentLinkedQueue<Report>()

    /** The job that the timeout cancels. */
    @Volatile
    lateinit var job: Job

    /** Returns the reports of the calls that were cancelled for [reason]. */
    fun of(reason: CancellationException): List<Arrived> =
        reports.filter { it.root === rootOf(reason) }.map { it.arrived }

    // Ignores a call that was cancelled by something within the timeout, such as a race.
    private fun add(report: Report) {
        if (job.isCancelled) reports += report
        outer?.add(report)
    }

    companion object Key : CoroutineContext.Key<Arrivals> {
        /** Reports [arrived] to the timeouts around the caller, if [reason] has cancelled the caller. */
        suspend fun report(reason: CancellationException, arrived: () -> Arrived) {
            val context = currentCoroutineContext()
            if (context.isActive) return
            context[Key]?.add(Report(rootOf(reason), arrived()))
        }
    }

    private class Report(val root: Throwable, val arrived: Arrived)
}

/** Returns the last cause. Coroutines cancelled for one reason share it, some of them behind copies. */
private fun rootOf(reason: Throwable): Throwable =
    generateSequence(reason) { it.cause as? CancellationException }.take(MAX_CAUSES).last()

private const val MAX_CAUSES = 16
private const val MAX_EARLIER = 20
