package dev.muster.http.internal

import dev.muster.http.HttpAnswer
import dev.muster.http.HttpCall
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.withContext
import java.time.Duration
import kotlin.coroutines.ContinuationInterceptor

/** What carries exchanges: our engine, or a Ktor engine of the user's. */
internal interface Exchanger {
    val openExchanges: Int

    suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T

    fun close()

    fun awaitClosed(timeout: Duration): Boolean
}

/**
 * Keeps the code after a suspension off the threads of the engine, where the caller's context would let it run there.
 */
internal suspend fun <T> withOwnDispatcher(block: suspend () -> T): T {
    val dispatcher = currentCoroutineContext()[ContinuationInterceptor]
    return if (dispatcher == null || dispatcher === Dispatchers.Unconfined) {
        withContext(Dispatchers.Default) { block() }
    } else {
        block()
    }
}
