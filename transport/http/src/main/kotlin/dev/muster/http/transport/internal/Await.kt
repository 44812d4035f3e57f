package dev.muster.http.transport.internal

import kotlinx.coroutines.suspendCancellableCoroutine
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Waits for a future that others wait for too: cancelling this wait does not cancel the future. */
internal suspend fun <T> CompletableFuture<T>.awaitShared(): T {
    if (isDone && !isCompletedExceptionally) return join()
    return suspendCancellableCoroutine { continuation ->
        whenComplete { value, failure ->
            when (failure) {
                null -> continuation.resume(value)
                is CompletionException -> continuation.resumeWithException(failure.cause ?: failure)
                else -> continuation.resumeWithException(failure)
            }
        }
    }
}
