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
 * [batch] with options set in place: `batch(items, { concurrency(4) }) { item -> … }`.
 *
 * ```kotlin
 * val report = batch(prompts, { concurrency(4).onProgress { println(it) } }) { model.ask(it) }
 * println("${report.succeeded()} ok, ${report.failed()} failed")
 * ```
 */
public suspend fun <I, T> batch(
    items: Iterable<I>,
    configure: BatchOptions.Builder<I>.() -> Unit,
    call: suspend (I) -> T,
): BatchReport<I, T> = batch(items, BatchOptions.builder<I>().apply(configure).build(), call)

/**
 * Runs [call] for each of [items] through a window of [BatchOptions.concurrency] (the next item starts when one ends)
 * and reports how each ended, in the order of the input. The items are read once, and their ids checked, before the
 * first call starts.
 *
 * A report holds every item and every value in memory. For more than that, or for items without an end, collect the
 * results of a flow: `items.asFlow().batch { … }`.
 *
 * In mode [BatchMode.CONTINUE] a failing item stands in the report and stops no other. In mode [BatchMode.FAIL_FAST]
 * the first failure in time is thrown, the very instance; the other items are cancelled at that moment and have
 * finished when this function throws. Cancelling the caller cancels every item.
 *
 * A consumer of events that is slow holds up the items after the window, never those in it.
 *
 * @throws IllegalArgumentException if two items have the same id, which the message names; or if there are more than
 *   1,000,000 items that are not a [Collection], which may have no end
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

/** [batch] with options set in place: `items.batch({ concurrency(4) }) { item -> … }`. */
public fun <I, T> Flow<I>.batch(
    configure: BatchOptions.Builder<I>.() -> Unit,
    call: suspend (I) -> T,
): Flow<BatchResult<I, T>> = batch(BatchOptions.builder<I>().apply(configure).build(), call)

/**
 * A flow of how each item ended, in the order in which the items end. This flow may have no end: an item is pulled when
 * it can start and no sooner, and nothing is kept of one whose result is taken.
 *
 * Backpressure is that of [mapConcurrentUnordered][dev.muster.concurrent.mapConcurrentUnordered]: at most
 * [BatchOptions.concurrency] items are pulled and not yet collected. A collector that leaves early cancels what runs.
 *
 * The items are not counted before they come, so [BatchProgress.total] is null; and their ids are not compared, for
 * that would keep them all. The rest is as for a batch with a report: in mode [BatchMode.FAIL_FAST] the first failure
 * in time is thrown in place of its result.
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

/** The endings as they come; the failure that ends the batch is told to the consumers and thrown. */
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

/** All of [items], whose ids are each another. */
private fun <I> entries(items: Iterable<I>, options: BatchOptions<I>, context: CoroutineContext): List<BatchItem<I>> {
    val ids = HashSet<String>()
    val read = items.readAll(context, "A batch with a report", "a batch whose results are a stream")
    return read.mapIndexed { index, item ->
        val entry = entry(index, item, options)
        require(ids.add(entry.id)) { "Two items of the batch have the id \"${entry.id}\"" }
        entry
    }
}

/** [items] as they are pulled. */
private fun <I> entries(items: Flow<I>, options: BatchOptions<I>): Flow<BatchItem<I>> = flow {
    var next = 0
    items.collect { item -> emit(onExecutor(options.executor) { entry(next++, item, options) }) }
}

private fun <I> entry(index: Int, item: I, options: BatchOptions<I>): BatchItem<I> =
    BatchItem(options.id?.apply(item) ?: "$index", index, item, options.metadata?.apply(item).orEmpty())
