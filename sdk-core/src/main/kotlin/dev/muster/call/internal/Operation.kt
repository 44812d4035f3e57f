package dev.muster.call.internal

/** The life of a client, as seen by an [Operation] that calls its models. */
internal interface Life {
    /** Counts an operation as a running call, until [left]. */
    fun joined()

    /** Ends the count of an operation that has [joined]. */
    fun left()

    /**
     * Runs [block] while the client is open.
     *
     * @throws dev.muster.error.ClientClosedException if the client closes before [block] has ended
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T
}

/**
 * Several calls that count as one running call of their clients, from the first call to the end of the operation,
 * including the time between two calls. For example, an agent's call with its rounds and tools.
 *
 * Calls find it through [OperationContext]. So it need not know the clients in advance, and a model in between, such as
 * a user's decorator, does not have to pass it on.
 *
 * @param outer the operation whose tool started this one
 */
internal open class Operation(private val outer: Operation?) {
    private val lives = LinkedHashSet<Life>(1)

    /** Whether the operation has ended. Code that still runs then is not part of it. */
    @Volatile
    var hasEnded = false
        private set

    /** This operation and those that it runs for, the innermost first. */
    val chain: Sequence<Operation> get() = generateSequence(this) { it.outer }

    /** Whether it calls a model of this client, or runs for an operation that does. */
    fun has(life: Life): Boolean = chain.any { synchronized(it.lives) { life in it.lives } }

    /** Records that it calls a model of this client. */
    fun join(life: Life) = synchronized(lives) {
        if (!hasEnded && lives.add(life)) life.joined()
    }

    /**
     * Runs [block] while all clients whose models it has called are open.
     *
     * @throws dev.muster.error.ClientClosedException if one closes before [block] has ended
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T =
        synchronized(lives) { lives.toList() }.fold(block) { inner, life -> { life.whileOpen(inner) } }()

    fun end() {
        val joined = synchronized(lives) {
            hasEnded = true
            lives.toList().also { lives.clear() }
        }
        // Outside of the lock: code that waits for a client to be idle may continue here.
        joined.forEach { it.left() }
    }
}
