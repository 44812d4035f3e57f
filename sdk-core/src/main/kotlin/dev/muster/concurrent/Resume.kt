package dev.muster.concurrent

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.ExperimentalCoroutinesApi

/** Resumes with [value]; calls [undelivered] with it if the coroutine is cancelled before it has received it. */
@OptIn(ExperimentalCoroutinesApi::class)
@Suppress("DEPRECATION") // What replaces this overload came with coroutines 1.9, and Spring Boot 3.5 has 1.8.
internal fun <T> CancellableContinuation<T>.resumeOr(value: T, undelivered: (T) -> Unit) {
    resume(value) { undelivered(value) }
}
