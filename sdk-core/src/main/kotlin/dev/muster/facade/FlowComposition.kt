@file:JvmName("FlowComposition")
@file:Suppress("TooManyFunctions") // Short functions, kept in one place for facades.
@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.internal.Taker
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
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import java.util.concurrent.Callable
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.function.Consumer
import kotlin.coroutines.CoroutineContext

/* Flows for facades over the core: how they are collected, prefetched and handed to other threads. */

/** Returns the values of [flow], each mapped by [mapper]. */
@InternalMusterApi
public fun <T, R> mappedEach(flow: Flow<T>, mapper: suspend (T) -> R): Flow<R> = flow.map(mapper)

/** Collects [flow] and runs [action] on each value, one after the other. Returns null, for Java's `Void`. */
@InternalMusterApi
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
@InternalMusterApi
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
@InternalMusterApi
public fun <T> handedOver(flow: Flow<T>): Flow<T> = flow.flowOn(Taker.OTHER_THREAD)

// GlobalScope, because a flow runs until the facade cancels it: its lifetime is not a block of code.
@OptIn(DelicateCoroutinesApi::class)
private val callScope = GlobalScope + Dispatchers.Default

/** A running collection of a flow, with a channel of its elements. */
@InternalMusterApi
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
@InternalMusterApi
public fun <T> running(flow: Flow<T>, ahead: Int, context: CoroutineContext): RunningFlow<T> =
    running(flow, ahead, context, Channel(ahead))

@InternalMusterApi
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
@InternalMusterApi
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
@InternalMusterApi
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
