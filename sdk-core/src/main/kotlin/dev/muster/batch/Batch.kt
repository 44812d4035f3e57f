@file:JvmName("BatchKt")

package dev.muster.batch

import dev.muster.concurrent.Outcome
import dev.muster.concurrent.Window
import dev.muster.concurrent.settled
import dev.muster.concurrent.startClock
import dev.muster.spi.callback
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.Executor
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
 * In mode [BatchMode.CONTINUE] a failing item stands in the report and stops no other. In mode [BatchMode.FAIL_FAST]
 * the first failure in time is thrown, the very instance; the other items are cancelled at that moment and have
 * finished when this function throws. Cancelling the caller cancels every item.
 *
 * A consumer of events that is slow holds up the items after the window, never those in it.
 *
 * @throws IllegalArgumentException if two items have the same id, which the message names
 */
public suspend fun <I, T> batch(
    items: Iterable<I>,
    options: BatchOptions<I> = BatchOptions.builder<I>().build(),
    call: suspend (I) -> T,
): BatchReport<I, T> {
    val clock = startClock()
    val entries = onExecutor(options.executor) { entries(items, options) }
    val window = Window(options.concurrency)
    val events = BatchEvents(options, entries.size)
    val results = arrayOfNulls<BatchResult<I, T>>(entries.size)
    val failFast = options.mode == BatchMode.FAIL_FAST
    var failure: Throwable? = null
    val source = entries.asFlow().onEach(events::started)
    settled(source, window, { failFast && !it.isSuccess }) { call(it.item) }.collect { settled ->
        window.leave()
        val entry = settled.item
        val result =
            BatchResult(entry.id, entry.index, entry.item, entry.metadata, settled.outcome, settled.elapsed)
        results[entry.index] = result
        if (failFast) failure = failure ?: settled.outcome.exceptionOrNull()
        events.ended(result)
    }
    failure?.let { throw it }
    return BatchReport(results.requireNoNulls().asList(), clock.elapsedNow().toJavaDuration())
}

private fun <I> entries(items: Iterable<I>, options: BatchOptions<I>): List<BatchItem<I>> {
    val ids = HashSet<String>()
    return items.mapIndexed { index, item ->
        val id = options.id?.apply(item) ?: "$index"
        require(ids.add(id)) { "Two items of the batch have the id \"$id\"" }
        BatchItem(id, index, item, options.metadata?.apply(item).orEmpty())
    }
}

/**
 * Tells the consumers, one at a time. Events come from two coroutines: the one that pulls and the one that collects.
 */
private class BatchEvents<I>(private val options: BatchOptions<I>, private val total: Int) {
    private val turn = Mutex()
    private var done = 0
    private var succeeded = 0

    suspend fun started(item: BatchItem<I>) {
        val consumer = options.onStart ?: return
        tell { consumer.accept(item) }
    }

    suspend fun ended(result: BatchResult<I, *>) {
        done++
        if (result.outcome is Outcome.Success) succeeded++
        if (options.onResult == null && options.onProgress == null) return
        val progress = BatchProgress(done, total, succeeded)
        tell {
            options.onResult?.accept(result)
            options.onProgress?.accept(progress)
        }
    }

    private suspend fun tell(event: () -> Unit) = turn.withLock { onExecutor(options.executor, event) }
}

private suspend fun <R> onExecutor(executor: Executor?, code: () -> R): R =
    if (executor == null) code() else callback(executor, executor, code)
