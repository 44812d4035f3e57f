package dev.muster

import org.junit.jupiter.api.Assertions.fail

/** What [block] throws; cancellation is wanted here too, so this is for tests only. */
inline fun runCatchingAll(block: () -> Any?): Throwable {
    try {
        block()
    } catch (e: Throwable) {
        return e
    }
    return fail("nothing was thrown")
}
