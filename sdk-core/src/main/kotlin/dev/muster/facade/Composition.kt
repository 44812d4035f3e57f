@file:JvmName("Composition")
@file:Suppress("TooManyFunctions") // Short functions, kept in one place for facades.

package dev.muster.facade

import dev.muster.chat.ChatRequest
import dev.muster.concurrent.cancelAsFarAsItCan
import dev.muster.concurrent.internal.Taker
import dev.muster.concurrent.interruptible
import dev.muster.context.CarriedContext
import dev.muster.context.carried
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.error.ClientClosedException
import dev.muster.error.IncompleteAnswerException
import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.GlobalScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.SendChannel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.Executor
import java.util.function.Consumer
import java.util.function.Predicate
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.time.toKotlinDuration

/*
 * Suspend functions for facades over the core, such as muster-java. Code that runs after a suspension must be written
 * in Kotlin. It is here, so that a facade in another language only passes its continuation on. Users of the SDK do not
 * need these functions.
 */

/** Runs [call] and returns its value mapped by [mapper]. */
public suspend fun <T, R> mapped(call: suspend () -> T, mapper: suspend (T) -> R): R = mapper(call())

/** Runs [call], then runs the call that [next] returns for its value. */
public suspend fun <T, R> chained(call: suspend () -> T, next: suspend (T) -> suspend () -> R): R = next(call())()

/** Runs the call that [make] returns. */
public suspend fun <T> deferred(make: suspend () -> (suspend () -> T)): T = make()()

/**
 * Runs [call]. If it fails and [handles] accepts the failure, returns the value of [handler] instead.
 *
 * [CancellationException], [ClientClosedException] and [Error] are always rethrown: nothing can recover from them. If
 * [handler] throws, the first failure is added to its exception as suppressed.
 */
@Suppress("TooGenericExceptionCaught") // Cancellation is rethrown: see recoverable.
public suspend fun <T> recovered(
    call: suspend () -> T,
    handles: Predicate<Throwable>,
    handler: suspend (Throwable) -> T,
): T {
    val failure =
        try {
            return call()
        } catch (e: Exception) {
            val original = original(e)
            if (!recoverable(original) || !handles.test(original)) throw e
            original
        }
    return afterFailure(failure) { handler(failure) }
}

@Suppress("TooGenericExceptionCaught") // It is rethrown.
private suspend fun <T> afterFailure(first: Throwable, handler: suspend () -> T): T = try {
    handler()
} catch (e: CancellationException) {
    throw e
} catch (e: Exception) {
    if (e !== first) e.addSuppressed(first)
    throw e
}

/** As [recovered], but runs the call that [next] returns for the failure. */
public suspend fun <T> recoveredWith(
    call: suspend () -> T,
    handles: Predicate<Throwable>,
    next: suspend (Throwable) -> suspend () -> T,
): T = recovered(call, handles) { next(it)() }

/** Awaits the stage that [make] returns. Cancelling the caller cancels the stage, as far as it supports that. */
public suspend fun <T> stageOf(make: suspend () -> CompletionStage<T>): T {
    val stage = make()
    return suspendCancellableCoroutine { continuation ->
        continuation.invokeOnCancellation { stage.cancelAsFarAsItCan() }
        stage.whenComplete { value, failure -> continuation.endWith(value, failure) }
    }
}

/** Resumes the caller. Handles exceptions here: the stage would swallow them, and the caller would wait forever. */
@Suppress("TooGenericExceptionCaught")
private fun <T> CancellableContinuation<T>.endWith(value: T, failure: Throwable?) {
    try {
        when {
            failure == null -> resume(value)
            failure is CompletionException -> resumeWithException(failure.cause ?: failure)
            else -> resumeWithException(failure)
        }
    } catch (e: Throwable) {
        if (isActive) resumeWithException(e) else throw e
    }
}

private fun recoverable(failure: Throwable): Boolean =
    failure !is CancellationException && failure !is ClientClosedException

/**
 * Returns the exception that was originally thrown. If assertions are enabled, kotlinx.coroutines rethrows a copy, or a
 * copy of a copy, to add the stack trace of the waiting code.
 */
public fun original(failure: Throwable): Throwable {
    var found = failure
    while (true) {
        val cause = found.cause ?: return found
        val isCopy =
            cause.javaClass == found.javaClass && found.stackTrace.any { it.className.startsWith("_COROUTINE.") }
        if (!isCopy) return found
        found = cause
    }
}

/** Context element: the executor for blocking user code in a call; see [callback]. */
public class CallbackExecutor(
    /** The executor. */
    public val executor: Executor,
) : AbstractCoroutineContextElement(CallbackExecutor) {
    /** The key of the element. */
    public companion object Key : CoroutineContext.Key<CallbackExecutor>
}

/** Runs [call] with [executor] for those callbacks in it that have no executor of their own. */
public suspend fun <T> withCallbacksOn(executor: Executor, call: suspend () -> T): T =
    withContext(CallbackExecutor(executor)) { call() }

/** Runs [call] with [executor] for the callbacks in it, unless the caller has already set one. */
public suspend fun <T> withCallbacksFirstOn(executor: Executor, call: suspend () -> T): T =
    if (currentCoroutineContext()[CallbackExecutor] != null) call() else withCallbacksOn(executor, call)

/** Returns [flow] with [executor] for the callbacks in it, unless the collector has already set one. */
public fun <T> withCallbacksFirstOn(executor: Executor, flow: Flow<T>): Flow<T> = flow {
    val said = currentCoroutineContext()[CallbackExecutor] != null
    emitAll(if (said) flow else flow.flowOn(CallbackExecutor(executor)))
}

/**
 * Runs blocking user code [task] as [interruptible] does: on [own] if not null, else on the [CallbackExecutor] of the
 * context, else on [shared]. Restores the [CarriedContext] of the call around it.
 */
public suspend fun <T> callback(own: Executor?, shared: Executor, task: Callable<T>): T {
    val carried = currentCoroutineContext()[CarriedContext]
    return interruptible(callbackExecutor(own, shared), carried?.around(task) ?: task)
}

/** Runs [use] with the executor that [callback] would use. */
public suspend fun <T> withCallbackExecutor(own: Executor?, shared: Executor, use: suspend (Executor) -> T): T =
    use(callbackExecutor(own, shared))

/** Returns the flow that [make] returns for the executor that [callback] would use. */
public fun <T> flowWithCallbackExecutor(own: Executor?, shared: Executor, make: (Executor) -> Flow<T>): Flow<T> = flow {
    emitAll(make(callbackExecutor(own, shared)))
}

private suspend fun callbackExecutor(own: Executor?, shared: Executor): Executor =
    own ?: currentCoroutineContext()[CallbackExecutor]?.executor ?: shared

/** Runs [call] and counts it in [meter]. */
public suspend fun <T> measured(meter: ConcurrencyMeter, call: suspend () -> T): T = meter.measure(call)

/** Returns the values of [flow], each mapped by [mapper]. */
public fun <T, R> mappedEach(flow: Flow<T>, mapper: suspend (T) -> R): Flow<R> = flow.map(mapper)

/** Collects [flow] and runs [action] on each value, one after the other. Returns null, for Java's `Void`. */
public suspend fun <T> each(flow: Flow<T>, action: suspend (T) -> Unit): Void? {
    flow.collect { action(it) }
    return null
}

/**
 * Collects [flow], prefetching up to [ahead] elements, and passes each to [consumer], one after the other, on the
 * executor that [callback] would use. One wake-up handles all elements that are ready: a stream delivers many at a
 * time, and waking a thread costs more than handling them. Returns null, for Java's `Void`.
 */
@Suppress("TooGenericExceptionCaught") // Rethrown after the elements before it.
public suspend fun <T> eachAhead(
    flow: Flow<T>,
    ahead: Int,
    own: Executor?,
    shared: Executor,
    consumer: Consumer<in T>,
): Void? = coroutineScope {
    val channel = Channel<T>(ahead)
    var failure: Throwable? = null
    val source =
        launch(start = CoroutineStart.UNDISPATCHED) {
            try {
                flow.collect { channel.put(it) }
            } catch (e: Throwable) {
                // Not rethrown here: that would cancel the consumer before it has handled the earlier elements.
                failure = e
            }
            channel.close()
        }
    for (first in channel) {
        callback(own, shared) {
            consumer.accept(first)
            // Cancelling interrupts this thread. If the consumer swallows that, source.isCancelled ends the loop.
            while (!source.isCancelled && !Thread.currentThread().isInterrupted) {
                val next = channel.tryReceive()
                if (!next.isSuccess) break
                consumer.accept(next.getOrThrow())
            }
        }
    }
    failure?.let { throw it }
    null
}

/**
 * Returns [flow] for a collector that passes each value to another thread and waits until that thread has taken it.
 * Until then the value counts as in progress, and no further item is started in its place.
 */
public fun <T> handedOver(flow: Flow<T>): Flow<T> = flow.flowOn(Taker.OTHER_THREAD)

// GlobalScope, because whoever opens a flow ends it: its lifetime is not a block of code.
@OptIn(DelicateCoroutinesApi::class)
private val callScope = GlobalScope + Dispatchers.Default

/** A running collection of a flow, with a channel of its elements. */
public class RunningFlow<T> internal constructor(
    /** The elements in order; closed at the end of the flow, with its failure if it failed. */
    public val elements: ReceiveChannel<T>,
    private val job: Job,
) {
    /** Cancels the collection and the channel, so that waiting receivers end too. Does not block. */
    public fun cancel(reason: CancellationException) {
        job.cancel(reason)
        elements.cancel(reason)
    }
}

/**
 * Starts to collect [flow] on shared threads with [context], prefetching up to [ahead] elements. If [ahead] is
 * positive, the flow is a stream of events and starts on the calling thread: the work until its HTTP exchange waits
 * costs less than a switch to another thread.
 */
public fun <T> running(flow: Flow<T>, ahead: Int, context: CoroutineContext): RunningFlow<T> =
    running(flow, ahead, context, Channel(ahead))

@Suppress("TooGenericExceptionCaught") // Passed on through the channel.
internal fun <T> running(flow: Flow<T>, ahead: Int, context: CoroutineContext, channel: Channel<T>): RunningFlow<T> {
    val job =
        callScope.launch(context, if (ahead == 0) CoroutineStart.DEFAULT else CoroutineStart.UNDISPATCHED) {
            try {
                flow.collect { channel.put(it) }
                channel.end(null)
            } catch (e: Throwable) {
                channel.end(e)
            }
        }
    return RunningFlow(channel, job)
}

/** Closes the channel, or cancels it if closing throws: otherwise the receiver would wait forever. */
@Suppress("TooGenericExceptionCaught") // Passed on as the cause.
private fun Channel<*>.end(failure: Throwable?) {
    try {
        close(failure)
    } catch (e: Throwable) {
        cancel(CancellationException("Could not close the stream").apply { initCause(e) })
    }
}

/**
 * Sends [value] from a collector of any flow.
 *
 * A collector that tail-calls `send` waits with a continuation of the flow, which kotlinx.coroutines reuses for its
 * next wait. If the next wait is in another scope of the flow, as after `coroutineScope { emit(first) }`, the reused
 * continuation sometimes takes the end of the first scope for a cancellation and throws.
 */
private suspend fun <T> SendChannel<T>.put(value: T) {
    if (!trySend(value).isSuccess) sendAnew(value)
}

/** Sends [value] with a continuation of its own, which it needs for the call after the wait. */
private suspend fun <T> SendChannel<T>.sendAnew(value: T) {
    send(value)
    currentCoroutineContext().ensureActive()
}

/** Returns [flow], which fails as soon as [failure] completes, with its value; also while the collector is busy. */
public fun <T> failingWith(flow: Flow<T>, failure: CompletableFuture<Throwable>): Flow<T> = flow {
    failure.getNow(null)?.let { throw it }
    coroutineScope {
        val watching = launch { throw failure.await() }
        emitAll(flow)
        watching.cancel()
    }
}

/**
 * Returns a flow of the elements of [source]. Its iterators are user code and may block, so they are only used inside
 * [ask]: once to create one, and once for each element, when the collector is ready for it.
 */
public fun <T> iterated(source: Iterable<T>, ask: suspend (Callable<Any?>) -> Any?): Flow<T> = flow {
    val end = Any()

    @Suppress("UNCHECKED_CAST")
    val iterator = ask(source::iterator) as Iterator<T>
    while (true) {
        val next = ask { if (iterator.hasNext()) iterator.next() else end }
        if (next === end) break
        @Suppress("UNCHECKED_CAST")
        emit(next as T)
    }
}

/** Sends [request] to [model] and returns the text of the response. */
public suspend fun textOf(model: ChatModel, request: ChatRequest): String =
    IncompleteAnswerException.textOf(model.chat(request))

/** Sends [request], which has one text, to [model] and returns its embedding. */
public suspend fun embeddingOf(model: EmbeddingModel, request: EmbeddingRequest): Embedding =
    model.embed(request).embeddings.single()

/** Throws [failure]. */
@Suppress("RedundantSuspendModifier") // Used as a suspending call.
public suspend fun failed(failure: Throwable): Nothing = throw failure

/** Suspends for [duration]. Returns null, for Java's `Void`. */
public suspend fun delayed(duration: Duration): Void? {
    delay(duration.toKotlinDuration())
    return null
}
