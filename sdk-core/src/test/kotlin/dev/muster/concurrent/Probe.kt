@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster.concurrent

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import java.util.concurrent.CancellationException

/** Runs a test on virtual time, which the operators use as their clock too. */
fun onVirtualTime(test: suspend TestScope.() -> Unit) {
    val scheduler = TestCoroutineScheduler()
    runTest(StandardTestDispatcher(scheduler) + OperatorClock(scheduler.timeSource), testBody = test)
}

/** The virtual time in milliseconds. */
val TestScope.now: Long get() = currentTime

/** Asserts that [block] takes exactly [millis] of virtual time. */
suspend fun <T> TestScope.takes(millis: Long, block: suspend () -> T): T {
    val start = currentTime
    try {
        return block()
    } finally {
        assertEquals(millis, currentTime - start, "virtual time")
    }
}

/** Asserts that no coroutine started by this one is still running. */
suspend fun assertNoLiveChild() = assertEquals(emptyList<Job>(), currentCoroutineContext().job.children.toList())

/** Records calls: how many run, in which order they start and how each ends. For tests on one thread. */
class Probe {
    var running = 0
        private set
    var peak = 0
        private set
    val started = mutableListOf<Any>()
    val finished = mutableListOf<Any>()
    val failed = mutableListOf<Any>()
    val cancelled = mutableListOf<Any>()

    /** A call named [name] that ends after [millis] with [end], by default its name. */
    suspend fun <N : Any> call(name: N, millis: Long, end: () -> N = { name }): N {
        started += name
        running++
        peak = maxOf(peak, running)
        try {
            delay(millis)
            return end().also { finished += name }
        } catch (e: CancellationException) {
            cancelled += name
            throw e
        } catch (e: Exception) {
            failed += name
            throw e
        } finally {
            running--
        }
    }
}

/** A failure to be recognised by its instance. */
class Boom(message: String = "boom") : RuntimeException(message)
