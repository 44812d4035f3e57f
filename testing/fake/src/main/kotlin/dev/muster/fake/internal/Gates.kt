package dev.muster.fake.internal

/** Holds replies for a test, by named latches and by counts of requests. Used on the loop only. */
internal class Gates(private val ledger: Ledger) {
    private val opened = HashSet<String>()
    private val waiting = HashMap<String, MutableList<Waiter>>()
    private val counting = ArrayList<Counting>()

    /** Every reply is held until this many requests have arrived. 0 for none. */
    private var holdAll = 0

    /** A waiting reply. Call [cancel] when its client has closed. */
    class Waiter(val proceed: Runnable) {
        var left = false
    }

    private class Counting(val target: Int, val waiter: Waiter)

    fun holdAll(target: Int) {
        holdAll = target
    }

    fun isOpen(name: String): Boolean = name in opened

    /** Returns how many requests must have arrived before a reply that requires [own] may start. 0 for no wait. */
    fun target(own: Int, arrived: Int): Int = maxOf(own, holdAll).takeIf { it > arrived } ?: 0

    fun await(name: String, proceed: Runnable): Waiter =
        Waiter(proceed).also { waiting.getOrPut(name) { ArrayList() } += it }.also { ledger.held(1) }

    fun awaitCount(target: Int, proceed: Runnable): Waiter =
        Waiter(proceed).also { counting += Counting(target, it) }.also { ledger.held(1) }

    fun cancel(waiter: Waiter) {
        if (waiter.left) return
        waiter.left = true
        ledger.held(-1)
    }

    /** Opens [name] until [reset]: releases the waiting replies, and later ones do not wait. */
    fun release(name: String) {
        opened += name
        waiting.remove(name).orEmpty().forEach { go(it) }
    }

    /** Releases all replies that wait for a count, and holds no more. */
    fun releaseCounts() {
        holdAll = 0
        val all = counting.map { it.waiter }
        counting.clear()
        all.forEach { go(it) }
    }

    fun arrived(total: Int) {
        if (counting.isEmpty() || counting.none { it.target <= total }) return
        val reached = counting.filter { it.target <= total }
        counting.removeAll { it.target <= total }
        reached.forEach { go(it.waiter) }
    }

    fun reset() {
        opened.clear()
        waiting.clear()
        counting.clear()
        holdAll = 0
    }

    private fun go(waiter: Waiter) {
        if (waiter.left) return
        waiter.left = true
        ledger.held(-1)
        waiter.proceed.run()
    }
}
