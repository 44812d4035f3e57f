@file:JvmName("Composition")
@file:Suppress("TooManyFunctions") // Each is a line or three; a facade looks for them in one place.

package dev.muster.spi

import dev.muster.chat.ChatModel
import dev.muster.chat.ChatRequest
import dev.muster.concurrent.cancelAsFarAsItCan
import dev.muster.concurrent.internal.Taker
import dev.muster.concurrent.interruptible
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.error.ClientClosedException
import dev.muster.error.IncompleteAnswerException
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
 * Suspend functions for facades over the core, such as muster-java: what has to happen after a suspension is said here,
 * in Kotlin, so that a facade in another language only ever hands its continuation on. No user of the SDK needs them.
 */

/** Runs [call], then [mapper] on its value. */
public suspend fun <T, R> mapped(call: suspend () -> T, mapper: suspend (T) -> R): R = mapper(call())

/** Runs [call], then the call that [next] gives for its value. */
public suspend fun <T, R> chained(call: suspend () -> T, next: suspend (T) -> suspend () -> R): R = next(call())()

/** Runs the call that [make] gives. */
public suspend fun <T> deferred(make: suspend () -> (suspend () -> T)): T = make()()

/**
 * Runs [call]; where it fails and [handles] holds for the failure, the value is that of [handler].
 *
 * Neither sees a [CancellationException], a [ClientClosedException] or an [Error]: they are nobody's to recover from.
 * An exception of [handler] carries the first failure as suppressed.
 */
@Suppress("TooGenericExceptionCaught") // Cancellation passes: see recoverable.
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

@Suppress("TooGenericExceptionCaught") // It is thrown on.
private suspend fun <T> afterFailure(first: Throwable, handler: suspend () -> T): T = try {
    handler()
} catch (e: CancellationException) {
    throw e
} catch (e: Exception) {
    if (e !== first) e.addSuppressed(first)
    throw e
}

/** As [recovered], with the value of the call that [next] gives in place of a failure. */
public suspend fun <T> recoveredWith(
    call: suspend () -> T,
    handles: Predicate<Throwable>,
    next: suspend (Throwable) -> suspend () -> T,
): T = recovered(call, handles) { next(it)() }

/** Waits for the stage that [make] gives. Where the caller is cancelled the stage is, as far as it can be. */
public suspend fun <T> stageOf(make: suspend () -> CompletionStage<T>): T {
    val stage = make()
    return suspendCancellableCoroutine { continuation ->
        continuation.invokeOnCancellation { stage.cancelAsFarAsItCan() }
        stage.whenComplete { value, failure -> continuation.endWith(value, failure) }
    }
}

/** What this throws the stage would keep for itself, and the caller would wait for ever. */
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
 * The exception that was thrown, where coroutines hand on a copy of it, or a copy of a copy. They do so with assertions
 * enabled, to add the stack of the one who waits.
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

/** Where the user's blocking code runs that a call meets on its way; see [callback]. */
public class CallbackExecutor(
    /** Runs the code. */
    public val executor: Executor,
) : AbstractCoroutineContextElement(CallbackExecutor) {
    /** The element's key in a coroutine context. */
    public companion object Key : CoroutineContext.Key<CallbackExecutor>
}

/** Runs [call] with [executor] for the callbacks in it that have none of their own. */
public suspend fun <T> withCallbacksOn(executor: Executor, call: suspend () -> T): T =
    withContext(CallbackExecutor(executor)) { call() }

/** Runs [call] with [executor] for the callbacks in it, unless the caller has said otherwise. */
public suspend fun <T> withCallbacksFirstOn(executor: Executor, call: suspend () -> T): T =
    if (currentCoroutineContext()[CallbackExecutor] != null) call() else withCallbacksOn(executor, call)

/** [flow] with [executor] for the callbacks in it, unless the collector has said otherwise. */
public fun <T> withCallbacksFirstOn(executor: Executor, flow: Flow<T>): Flow<T> = flow {
    val said = currentCoroutineContext()[CallbackExecutor] != null
    emitAll(if (said) flow else flow.flowOn(CallbackExecutor(executor)))
}

/**
 * Runs the user's blocking code [task] as [interruptible] does: on [own], else on the [CallbackExecutor] of the
 * context, else on [shared], with the [CarriedContext] of the call current.
 */
public suspend fun <T> callback(own: Executor?, shared: Executor, task: Callable<T>): T {
    val carried = currentCoroutineContext()[CarriedContext]
    return interruptible(callbackExecutor(own, shared), carried?.around(task) ?: task)
}

/** Runs [use] with the executor that [callback] would take. */
public suspend fun <T> withCallbackExecutor(own: Executor?, shared: Executor, use: suspend (Executor) -> T): T =
    use(callbackExecutor(own, shared))

/** The flow that [make] gives for the executor that [callback] would take. */
public fun <T> flowWithCallbackExecutor(own: Executor?, shared: Executor, make: (Executor) -> Flow<T>): Flow<T> = flow {
    emitAll(make(callbackExecutor(own, shared)))
}

private suspend fun callbackExecutor(own: Executor?, shared: Executor): Executor =
    own ?: currentCoroutineContext()[CallbackExecutor]?.executor ?: shared

/** Runs [call] and has [meter] count it. */
public suspend fun <T> measured(meter: ConcurrencyMeter, call: suspend () -> T): T = meter.measure(call)

/** The values of [flow], each through [mapper]. */
public fun <T, R> mappedEach(flow: Flow<T>, mapper: suspend (T) -> R): Flow<R> = flow.map(mapper)

/** Collects [flow] and runs [action] on each value, one after the other. Gives null, for what Java calls `Void`. */
public suspend fun <T> each(flow: Flow<T>, action: suspend (T) -> Unit): Void? {
    flow.collect { action(it) }
    return null
}

/**
 * Collects [flow], which may run [ahead] elements ahead, and gives each to [consumer], one after the other, where
 * [callback] would run it. Who is woken for one element takes all that are there: a stream brings many at a time, and
 * waking a thread costs more than all of them. Gives null, for what Java calls `Void`.
 */
@Suppress("TooGenericExceptionCaught") // Thrown on once the elements before it are taken.
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
                // Not out of here: that would cancel the consumer amid what came before.
                failure = e
            }
            channel.close()
        }
    for (first in channel) {
        callback(own, shared) {
            consumer.accept(first)
            // An interrupt is how this thread is told to stop; who swallows it is asked for no more all the same.
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
 * [flow] for a collector that hands each value on to another thread and comes back when that has taken it: until then
 * the value counts as one that is under way, and no further item is started for it.
 */
public fun <T> handedOver(flow: Flow<T>): Flow<T> = flow.flowOn(Taker.OTHER_THREAD)

// Who opens a flow ends it: its scope is no block of code.
@OptIn(DelicateCoroutinesApi::class)
private val callScope = GlobalScope + Dispatchers.Default

/** A flow that runs by itself: its elements in order, and one end for both. */
public class RunningFlow<T> internal constructor(
    /** What it gives; closed with its failure. */
    public val elements: ReceiveChannel<T>,
    private val job: Job,
) {
    /** Ends it, and whoever waits for an element. Never waits. */
    public fun cancel(reason: CancellationException) {
        job.cancel(reason)
        elements.cancel(reason)
    }
}

/**
 * Begins to collect [flow], up to [ahead] elements ahead of who takes them, on shared threads with [context]. Where it
 * may run ahead it is a stream of events, and begins on the calling thread: until its exchange waits there is less to
 * do than handing it to another thread costs.
 */
public fun <T> running(flow: Flow<T>, ahead: Int, context: CoroutineContext): RunningFlow<T> =
    running(flow, ahead, context, Channel(ahead))

@Suppress("TooGenericExceptionCaught") // The channel hands it on.
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

/** Tells the one who reads of the end, if need be by the other of two ways: it would wait for ever. */
@Suppress("TooGenericExceptionCaught") // It is the end then.
private fun Channel<*>.end(failure: Throwable?) {
    try {
        close(failure)
    } catch (e: Throwable) {
        cancel(CancellationException("The end of the stream could not be told").apply { initCause(e) })
    }
}

/**
 * Sends [value], for a collector of any flow. One that hands on `send` itself waits with a continuation of the flow's,
 * which kotlinx.coroutines uses again for its next wait: where that comes from another scope of the flow, as after a
 * `coroutineScope { emit(first) }`, it now and then takes the end of the first scope for a cancellation and throws.
 */
private suspend fun <T> SendChannel<T>.put(value: T) {
    if (!trySend(value).isSuccess) sendAnew(value)
}

/** Sends [value] with a continuation of this function's: it has one because it does something after the wait. */
private suspend fun <T> SendChannel<T>.sendAnew(value: T) {
    send(value)
    currentCoroutineContext().ensureActive()
}

/** [flow], which fails with what [failure] gives as soon as that is there, also while its collector is busy. */
public fun <T> failingWith(flow: Flow<T>, failure: CompletableFuture<Throwable>): Flow<T> = flow {
    failure.getNow(null)?.let { throw it }
    coroutineScope {
        val watching = launch { throw failure.await() }
        emitAll(flow)
        watching.cancel()
    }
}

/**
 * A flow of what the iterators of [source] give. They are the user's code and may block: each is made and asked by
 * [ask], once for each value and only when the collector is ready for it.
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

/** The text of [model]'s answer. */
public suspend fun textOf(model: ChatModel, request: ChatRequest): String =
    IncompleteAnswerException.textOf(model.chat(request))

/** The one vector that [model] gives for [request]. */
public suspend fun embeddingOf(model: EmbeddingModel, request: EmbeddingRequest): Embedding =
    model.embed(request).embeddings.single()

/** Throws [failure]. */
@Suppress("RedundantSuspendModifier") // It stands in for a suspending call.
public suspend fun failed(failure: Throwable): Nothing = throw failure

/** Waits for [duration]. Gives null, for what Java calls `Void`. */
public suspend fun delayed(duration: Duration): Void? {
    delay(duration.toKotlinDuration())
    return null
}
