@file:JvmName("BatchKt")

package dev.muster.batch

import dev.muster.concurrent.Outcome
import dev.muster.concurrent.Window
import dev.muster.concurrent.internal.Taker
import dev.muster.concurrent.readAll
import dev.muster.concurrent.settled
import dev.muster.concurrent.startClock
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onEach
import java.time.Duration
import kotlin.coroutines.CoroutineContext
import kotlin.time.toJavaDuration

/**
 * Runs a batch with options set in place: `batch(items, { concurrency(4) }) { item -> … }`.
 *
 * ```kotlin
 * val report = batch(prompts, { concurrency(4).onProgress { println(it) } }) { model.ask(it) }
 * println("${report.succeeded} ok, ${report.failed} failed")
 * ```
 */
public suspend fun <I, T> batch(
    items: Iterable<I>,
    configure: BatchOptions.Builder<I>.() -> Unit,
    call: suspend (I) -> T,
): BatchReport<I, T> = batch(items, BatchOptions.builder<I>().apply(configure).build(), call)

/**
 * Runs [call] for each of [items] and returns how each ended, in the order of the input.
 *
 * At most [BatchOptions.concurrency] calls run at the same time; the next item starts when one ends. The items are
 * read once, and their ids are checked, before the first call starts.
 *
 * The report keeps every item and every value in memory. If that is too much, or if the items have no end, collect the
 * results of a flow instead: `items.asFlow().batch { … }`.
 *
 * In mode [BatchMode.CONTINUE] a failed item is part of the report and stops no other item. In mode
 * [BatchMode.FAIL_FAST] the first failure in time is thrown, as the same exception instance. The other items are
 * cancelled at that moment and have finished when this function throws. Cancelling the caller cancels every item.
 *
 * A slow consumer of events delays the items that have not started, never the running ones.
 *
 * @throws IllegalArgumentException if two items have the same id, which the message names; or if there are more than
 *   1,000,000 items that are not a [Collection] and so may have no end
 */
public suspend fun <I, T> batch(
    items: Iterable<I>,
    options: BatchOptions<I> = BatchOptions.builder<I>().build(),
    call: suspend (I) -> T,
): BatchReport<I, T> {
    val clock = startClock()
    val context = currentCoroutineContext()
    val entries = onExecutor(options.executor) { entries(items, options, context) }
    val results = arrayOfNulls<BatchResult<I, T>>(entries.size)
    val events = BatchEvents(options, entries.size)
    results(entries.asFlow(), options, events, Taker.ANYBODY, call).collect { results[it.index] = it }
    return BatchReport(results.requireNoNulls().asList(), clock.elapsedNow().toJavaDuration())
}

/** Runs a batch with options set in place: `items.batch({ concurrency(4) }) { item -> … }`. */
public fun <I, T> Flow<I>.batch(
    configure: BatchOptions.Builder<I>.() -> Unit,
    call: suspend (I) -> T,
): Flow<BatchResult<I, T>> = batch(BatchOptions.builder<I>().apply(configure).build(), call)

/**
 * Returns a flow of how each item ended, in the order of completion.
 *
 * The items may have no end: an item is pulled only when it can start, and nothing is kept of an item whose result was
 * collected.
 *
 * Backpressure is that of [mapConcurrentUnordered][dev.muster.concurrent.mapConcurrentUnordered]: at most
 * [BatchOptions.concurrency] items are pulled and not yet collected. A collector that stops early cancels the running
 * calls.
 *
 * The items are not counted in advance, so [BatchProgress.total] is null. Their ids are not compared, because that
 * would keep all of them in memory. Otherwise this is the same as a batch with a report. In mode [BatchMode.FAIL_FAST]
 * the first failure in time is thrown instead of emitted.
 *
 * ```kotlin
 * lines.batch({ concurrency(4) }) { model.ask(it) }.collect { println("${it.id}: ${it.outcome}") }
 * ```
 */
public fun <I, T> Flow<I>.batch(
    options: BatchOptions<I> = BatchOptions.builder<I>().build(),
    call: suspend (I) -> T,
): Flow<BatchResult<I, T>> = flow {
    val taker = Taker.of(currentCoroutineContext())
    results(entries(this@batch, options), options, BatchEvents(options, total = null), taker, call)
        .collect { emit(it) }
}

/**
 * Emits the results in the order of completion. With FAIL_FAST, the consumers get the first failure before it is
 * thrown.
 */
private fun <I, T> results(
    entries: Flow<BatchItem<I>>,
    options: BatchOptions<I>,
    events: BatchEvents<I>,
    taker: Taker,
    call: suspend (I) -> T,
): Flow<BatchResult<I, T>> = flow {
    val window = Window(options.concurrency)
    val failFast = options.mode == BatchMode.FAIL_FAST
    var failure: Throwable? = null
    val source = entries.onEach(events::started)
    settled(source, window, { failFast && !it.isSuccess }, taker) { call(it.item) }.collect { settled ->
        window.handingOver(taker) {
            val result = settled.item.ended(settled.outcome, settled.elapsed)
            if (failFast) failure = failure ?: settled.outcome.exceptionOrNull()
            events.ended(result)
            if (failure == null) emit(result)
        }
    }
    failure?.let { throw it }
}

private fun <I, T> BatchItem<I>.ended(outcome: Outcome<T>, elapsed: Duration) =
    BatchResult(id, index, item, metadata, outcome, elapsed)

/** Reads all of [items] and checks that their ids are unique. */
private fun <I> entries(items: Iterable<I>, options: BatchOptions<I>, context: CoroutineContext): List<BatchItem<I>> {
    val ids = HashSet<String>()
    val read = items.readAll(context, "A batch with a report", "a batch that returns its results as a stream")
    return read.mapIndexed { index, item ->
        val entry = entry(index, item, options)
        require(ids.add(entry.id)) { "Two items of the batch have the id \"${entry.id}\": ids must be unique" }
        entry
    }
}

/** Converts [items] as they are pulled. */
private fun <I> entries(items: Flow<I>, options: BatchOptions<I>): Flow<BatchItem<I>> = flow {
    var next = 0
    items.collect { item -> emit(onExecutor(options.executor) { entry(next++, item, options) }) }
}

private fun <I> entry(index: Int, item: I, options: BatchOptions<I>): BatchItem<I> =
    BatchItem(options.id?.apply(item) ?: "$index", index, item, options.metadata?.apply(item).orEmpty())
