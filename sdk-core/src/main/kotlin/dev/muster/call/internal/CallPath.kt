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
    /** Does its part of [call]; `call.proceed(next)` is the rest of the way, and may run any number of times. */
    suspend fun run(call: RunningCall<R, T>, next: Int): T
}

/** What a model does with its calls: the end of their path. Shared by all calls. */
internal interface PathEnd<R, T> {
    /**
     * Checks [request] before anything is sent.
     *
     * @throws dev.muster.error.InvalidRequestException if nobody takes it
     */
    fun check(request: R)

    /** An estimate of the tokens that an attempt with [request] will use. */
    fun estimate(request: R): Long

    /** What [response] says was used. */
    fun usageOf(response: T): Usage?

    /** Makes one attempt. */
    suspend fun attempt(call: RunningCall<R, T>): T
}

/** Which model is called, and how. */
internal class CalledModel(val id: ModelId, val timeouts: Timeouts, val retry: RetryPolicy, val gates: List<Gate>) {
    val context: ErrorContext = ErrorContext.builder().provider(id.provider).model(id.model).build()
}

/** What limits the attempts on [name]: one model, or all attempts at one provider. */
internal class Gate(val name: String, val concurrency: ConcurrencyLimiter?, val rate: RateLimiter?)

/**
 * The way of one model's calls to its provider.
 *
 * @param ofCall what users put around a call
 * @param ofAttempt what users put around an attempt
 */
internal class CallPath<R, T>(
    val model: CalledModel,
    life: Lifecycle,
    retrying: Retrying,
    ofCall: List<Link<R, T>> = emptyList(),
    ofAttempt: List<Link<R, T>> = emptyList(),
) {
    /**
     * The order of the links, from the outside in; docs/resilience.md explains it. A link that is not configured is not
     * in the list, so that it costs nothing.
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

    /** Makes a call. For a stream its events go to [collector]. */
    suspend fun run(request: R, end: PathEnd<R, T>, collector: FlowCollector<ChatEvent>? = null): T {
        end.check(request)
        return RunningCall(this, end, request, startClock(), collector).proceed(0)
    }
}
