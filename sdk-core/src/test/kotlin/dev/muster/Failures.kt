package dev.muster

import dev.muster.error.ErrorContext
import org.junit.jupiter.api.Assertions.fail
import java.time.Duration

/** What [block] throws; cancellation is wanted here too, so this is for tests only. */
inline fun runCatchingAll(block: () -> Any?): Throwable {
    try {
        block()
    } catch (e: Throwable) {
        return e
    }
    return fail("nothing was thrown")
}

/** Where a provider has asked to wait for [seconds]. */
fun waiting(seconds: Long): ErrorContext = ErrorContext.builder().retryAfter(Duration.ofSeconds(seconds)).build()
