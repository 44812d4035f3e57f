package dev.muster.http.contract

import dev.muster.http.HttpTransport

/** Returns when every exchange is over: its connection is back in the pool by then, or closed. */
public fun HttpTransport.awaitIdle() {
    val end = System.nanoTime() + WiredTest.LIMIT.toNanos()
    while (openExchanges > 0) {
        check(System.nanoTime() < end) { "$openExchanges exchanges are still open" }
        Thread.onSpinWait()
    }
}
