package dev.muster.call.internal

import dev.muster.chat.ChatEvent
import dev.muster.chat.ModelId
import dev.muster.chat.Usage
import dev.muster.concurrent.startClock
import dev.muster.error.ErrorContext
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import dev.muster.resilience.internal.Retrying
import kotlinx.coroutines.flow.FlowCollector

/** One step on the path of a call to its provider. All calls of a model share it, so it keeps no state of a call. */
internal interface Link<R, T> {
    /** Does its part of [call]. `call.proceed(next)` runs the rest of the path; a link may call it several times. */
    suspend fun run(call: RunningCall<R, T>, next: Int): T
}

/** The end of the path: checks a model's requests and makes the attempts. Shared by all calls. */
internal interface PathEnd<R, T> {
    /**
     * Checks [request] before anything is sent.
     *
     * @throws dev.muster.error.InvalidRequestException if it is not valid
     */
    fun check(request: R)

    /** Estimates the tokens that an attempt with [request] will use. */
    fun estimate(request: R): Long

    /** Returns the usage that [response] reports. */
    fun usageOf(response: T): Usage?

    /** Makes one attempt. */
    suspend fun attempt(call: RunningCall<R, T>): T
}

/** A model with its timeouts, retries and limiters. */
internal class CalledModel(val id: ModelId, val timeouts: Timeouts, val retry: RetryPolicy, val gates: List<Gate>) {
    val context: ErrorContext = ErrorContext.builder().provider(id.provider).model(id.model).build()
}

/** The limiters of the attempts on [name]: one model, or a whole provider. */
internal class Gate(val name: String, val concurrency: ConcurrencyLimiter?, val rate: RateLimiter?)

/**
 * The path of one model's calls to its provider.
 *
 * @param ofCall the user's interceptors of calls
 * @param ofAttempt the user's interceptors of attempts
 */
internal class CallPath<R, T>(
    val model: CalledModel,
    life: Lifecycle,
    retrying: Retrying,
    ofCall: List<Link<R, T>> = emptyList(),
    ofAttempt: List<Link<R, T>> = emptyList(),
) {
    /**
     * The links in their order, the outermost first; docs/resilience.md explains it. A link that is not configured is
     * not in the list and costs nothing.
     */
    val links: List<Link<R, T>> = buildList {
        add(WhileOpen(life))
        addAll(ofCall)
        model.timeouts.total?.let { add(TotalTimeout(model, it)) }
        add(Retries(model.retry, retrying))
        // The model's limits before the provider's: a call that waits for the model must not block others.
        for (gate in model.gates) {
            gate.concurrency?.let { add(ConcurrencyLink(gate.name, it)) }
            gate.rate?.let { add(RateLink(gate.name, it)) }
        }
        model.gates.mapNotNull { it.rate }.filter { it.isLearning }.ifEmpty { null }?.let { add(LearnLimits(it)) }
        addAll(ofAttempt)
        AttemptTimeout.of<R, T>(model)?.let(::add)
    }

    /** Makes a call. The events of a stream go to [collector]. */
    suspend fun run(request: R, end: PathEnd<R, T>, collector: FlowCollector<ChatEvent>? = null): T {
        end.check(request)
        return RunningCall(this, end, request, startClock(), collector).proceed(0)
    }
}
