package dev.muster.concurrent

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.ExperimentalCoroutinesApi

/** Resumes with [value]. If the coroutine is cancelled before it receives [value], calls [undelivered] with it. */
@OptIn(ExperimentalCoroutinesApi::class)
@Suppress("DEPRECATION") // Its replacement needs coroutines 1.9; Spring Boot 3.5 has 1.8.
internal fun <T> CancellableContinuation<T>.resumeOr(value: T, undelivered: (T) -> Unit) {
    resume(value) { undelivered(value) }
}
