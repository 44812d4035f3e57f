package dev.muster.contract

import dev.muster.http.transport.HttpTransport

/** Returns when every exchange has ended: its connection is then back in the pool or closed. */
internal fun HttpTransport.awaitIdle() {
    val end = System.nanoTime() + ProviderTest.LIMIT.toNanos()
    while (openExchanges > 0) {
        check(System.nanoTime() < end) { "$openExchanges exchanges are still open" }
        Thread.onSpinWait()
    }
}
