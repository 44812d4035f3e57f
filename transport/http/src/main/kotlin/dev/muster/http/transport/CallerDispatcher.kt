package dev.muster.http.transport

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.withContext
import kotlin.coroutines.ContinuationInterceptor

/**
 * Runs [block] on a dispatcher that is not a thread of the engine: on `Dispatchers.Default` if the caller has no
 * dispatcher or `Dispatchers.Unconfined`, else on the caller's dispatcher. For authors of an [HttpTransport].
 */
@JvmSynthetic
public suspend fun <T> onCallerDispatcher(block: suspend () -> T): T {
    val dispatcher = currentCoroutineContext()[ContinuationInterceptor]
    return if (dispatcher == null || dispatcher === Dispatchers.Unconfined) {
        withContext(Dispatchers.Default) { block() }
    } else {
        block()
    }
}
