@file:OptIn(ExperimentalCoroutinesApi::class)

package dev.muster

import dev.muster.concurrent.OperatorClock
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest

/** Runs [block], and all that is launched in it, with delays and elapsed times on one virtual clock. */
fun onVirtualTime(block: suspend TestScope.() -> Unit) {
    val scheduler = TestCoroutineScheduler()
    runTest(StandardTestDispatcher(scheduler) + OperatorClock(scheduler.timeSource), testBody = block)
}
