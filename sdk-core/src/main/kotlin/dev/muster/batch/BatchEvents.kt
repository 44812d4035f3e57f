@file:OptIn(InternalMusterApi::class)

package dev.muster.batch

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.Outcome
import dev.muster.facade.callback
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.util.concurrent.Executor

/**
 * Calls the consumers, one at a time. Events come from two coroutines: the one that pulls items and the one that
 * collects results.
 */
internal class BatchEvents<I>(private val options: BatchOptions<I>, private val total: Int?) {
    private val mutex = Mutex()
    private var done = 0
    private var succeeded = 0

    suspend fun started(item: BatchItem<I>) {
        val consumer = options.onStart ?: return
        deliver { consumer.accept(item) }
    }

    suspend fun ended(result: BatchResult<I, *>) {
        done++
        if (result.outcome is Outcome.Success) succeeded++
        if (options.onResult == null && options.onProgress == null) return
        val progress = BatchProgress(done, total, succeeded)
        deliver {
            options.onResult?.accept(result)
            options.onProgress?.accept(progress)
        }
    }

    private suspend fun deliver(event: () -> Unit) = mutex.withLock { onExecutor(options.executor, event) }
}

internal suspend fun <R> onExecutor(executor: Executor?, code: () -> R): R =
    if (executor == null) code() else callback(executor, executor, code)
