package dev.muster.fake.internal

/** Where replies wait for the test: named latches, and counts of requests. On the loop only. */
internal class Gates(private val ledger: Ledger) {
    private val opened = HashSet<String>()
    private val waiting = HashMap<String, MutableList<Waiter>>()
    private val counting = ArrayList<Counting>()

    /** Until so many requests have arrived every reply is held; 0 for none. */
    private var holdAll = 0

    /** A reply that waits; [cancel] when its client has gone. */
    class Waiter(val proceed: Runnable) {
        var left = false
    }

    private class Counting(val target: Int, val waiter: Waiter)

    fun holdAll(target: Int) {
        holdAll = target
    }

    fun isOpen(name: String): Boolean = name in opened

    /** How many requests must have arrived before a reply that asks for [own] may start; 0 for no wait. */
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

    /** Opens [name] for good: who waits goes on and who comes later does not wait. */
    fun release(name: String) {
        opened += name
        waiting.remove(name).orEmpty().forEach { go(it) }
    }

    /** Lets everything go that waits for a count, and holds no more. */
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
