package dev.muster.call.internal

/** The life of a client, as an [Operation] sees it that calls the client's models. */
internal interface Life {
    /** An operation is one of the running calls until it has [left]. */
    fun joined()

    /** An operation that had [joined] has ended. */
    fun left()

    /**
     * Runs [block] while the client is open.
     *
     * @throws dev.muster.error.ClientClosedException if the client closes before [block] has ended
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T
}

/**
 * Several calls that count as one for the clients whose models they ask: from the first call to the end of the
 * operation, the time between two calls included. An agent's call with its rounds and tools is one.
 *
 * Calls find it by its [OperationContext]. So the clients need not be known beforehand, and a model that stands
 * between, such as a user's decorator, has nothing to pass on.
 *
 * @param outer the operation whose tool started this one
 */
internal open class Operation(private val outer: Operation?) {
    private val lives = LinkedHashSet<Life>(1)

    /** Whether it is over: what still runs then is not part of it. */
    @Volatile
    var hasEnded = false
        private set

    /** This operation and those that it runs for, from the inside out. */
    val chain: Sequence<Operation> get() = generateSequence(this) { it.outer }

    /** Whether it asks a model of this client, or runs for an operation that does. */
    fun has(life: Life): Boolean = chain.any { synchronized(it.lives) { life in it.lives } }

    /** It asks a model of this client. */
    fun join(life: Life) = synchronized(lives) {
        if (!hasEnded && lives.add(life)) life.joined()
    }

    /**
     * Runs [block] while all clients are open that it has asked.
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
        // Outside of the lock: code that waits for a client to be idle may go on here.
        joined.forEach { it.left() }
    }
}
