package dev.muster.error

import dev.muster.chat.Usage
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import java.util.concurrent.CancellationException
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** How far a call had come when it was cancelled, for the timeout that cancelled it. */
internal class Arrived(
    /** Who was asked, and the attempts so far; without a provider if it is an operation of several calls. */
    val context: ErrorContext,
    /** What the call was doing. */
    val doing: String,
    /** The failures of attempts that were followed by another. */
    val earlier: List<LlmException>,
    /** The text of a stream that had arrived. */
    val text: String?,
    /** The usage that the provider had reported. */
    val usage: Usage?,
)

/** Adds what [arrived] says to this timeout, which has cancelled one call, or several. */
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
 * Collects what the calls within a timeout report when it cancels them. It stands in the context of the code that the
 * timeout limits.
 *
 * @param outer the one of the timeout around this one
 */
internal class Arrivals(private val outer: Arrivals?) : AbstractCoroutineContextElement(Key) {
    private val reports = ConcurrentLinkedQueue<Report>()

    /** The job that the timeout cancels. */
    @Volatile
    lateinit var job: Job

    /** The reports of the calls that were cancelled for [reason]. */
    fun of(reason: CancellationException): List<Arrived> =
        reports.filter { it.root === rootOf(reason) }.map { it.arrived }

    // A call that something within the timeout has cancelled, such as a race, is not this timeout's to report.
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

/** Coroutines that are cancelled for one reason have it at the end of their causes, some behind copies of it. */
private fun rootOf(reason: Throwable): Throwable =
    generateSequence(reason) { it.cause as? CancellationException }.take(MAX_CAUSES).last()

private const val MAX_CAUSES = 16
private const val MAX_EARLIER = 20
