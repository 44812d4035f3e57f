@file:JvmName("Composition")
@file:Suppress("TooManyFunctions") // Short functions, kept in one place for facades.
@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.cancelAsFarAsItCan
import dev.muster.embedding.Embedding
import dev.muster.embedding.EmbeddingModel
import dev.muster.embedding.EmbeddingRequest
import dev.muster.error.ClientClosedException
import dev.muster.error.IncompleteResponseException
import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.delay
import kotlinx.coroutines.suspendCancellableCoroutine
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.function.Predicate
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlin.time.toKotlinDuration

/*
 * Suspend functions for facades over the core, such as muster-java. Code that runs after a suspension must be written
 * in Kotlin. It is here and in the other files of this package, so that a facade in another language only passes its
 * continuation on.
 */

/** Runs [call] and returns its value mapped by [mapper]. */
@InternalMusterApi
public suspend fun <T, R> mapped(call: suspend () -> T, mapper: suspend (T) -> R): R = mapper(call())

/** Runs [call], then runs the call that [next] returns for its value. */
@InternalMusterApi
public suspend fun <T, R> chained(call: suspend () -> T, next: suspend (T) -> suspend () -> R): R = next(call())()

/** Runs the call that [make] returns. */
@InternalMusterApi
public suspend fun <T> deferred(make: suspend () -> (suspend () -> T)): T = make()()

/**
 * Runs [call]. If it fails and [handles] accepts the failure, returns the value of [handler] instead.
 *
 * [CancellationException], [ClientClosedException] and [Error] are always rethrown: nothing can recover from them. If
 * [handler] throws, the first failure is added to its exception as suppressed.
 */
@Suppress("TooGenericExceptionCaught") // Cancellation is rethrown: see recoverable.
@InternalMusterApi
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
@InternalMusterApi
public suspend fun <T> recoveredWith(
    call: suspend () -> T,
    handles: Predicate<Throwable>,
    next: suspend (Throwable) -> suspend () -> T,
): T = recovered(call, handles) { next(it)() }

/** Awaits the stage that [make] returns. Cancelling the caller cancels the stage, as far as it supports that. */
@InternalMusterApi
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
@InternalMusterApi
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

/** Runs [call] and counts it in [meter]. */
@InternalMusterApi
public suspend fun <T> measured(meter: ConcurrencyMeter, call: suspend () -> T): T = meter.measure(call)

/** Sends [request], which has one text, to [model] and returns its embedding. */
@InternalMusterApi
public suspend fun embeddingOf(model: EmbeddingModel, request: EmbeddingRequest): Embedding =
    model.embed(request).embeddings.single()

/** Throws [failure]. */
@Suppress("RedundantSuspendModifier") // Used as a suspending call.
@InternalMusterApi
public suspend fun failed(failure: Throwable): Nothing = throw failure

/** Suspends for [duration]. Returns null, for Java's `Void`. */
@InternalMusterApi
public suspend fun delayed(duration: Duration): Void? {
    delay(duration.toKotlinDuration())
    return null
}
