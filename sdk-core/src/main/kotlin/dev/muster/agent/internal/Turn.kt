package dev.muster.agent.internal

import dev.muster.agent.ChatConversation

/** The life of a client, as a [Turn] sees it that asks the client's models. */
internal interface ClientLife {
    /** A turn is one of the calls that run, until it has [left]. */
    fun joined()

    /** A turn that had [joined] has ended. */
    fun left()

    /**
     * Runs [block] for as long as the client is open.
     *
     * @throws dev.muster.error.ClientClosedException where it is closed before [block] is done
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T
}

/**
 * A call of an agent or a turn of a conversation, with all its rounds, tries and tools. To each client whose models it
 * asks it is one call that runs: from the first time it asks to its own end, the time between two exchanges included.
 *
 * Who asks is known by its [TurnContext], so that the clients need not be known beforehand, and a model that stands
 * between, such as a decorator of the user's, has nothing to hand on.
 */
internal class Turn(private val conversation: ChatConversation?, private val outer: Turn?) {
    private val lives = LinkedHashSet<ClientLife>(1)

    /** Whether it is over: what still runs then is no part of it. */
    @Volatile
    var hasEnded = false
        private set

    /** Whether it asks a model of this client, or runs for a turn that does. */
    fun has(life: ClientLife): Boolean = synchronized(lives) { life in lives } || outer?.has(life) == true

    /** Whether it is one of [conversation], or runs for one that is. */
    fun isOf(conversation: ChatConversation): Boolean =
        (this.conversation === conversation && !hasEnded) || outer?.isOf(conversation) == true

    /** It asks a model of this client. */
    fun join(life: ClientLife) = synchronized(lives) {
        if (!hasEnded && lives.add(life)) life.joined()
    }

    /**
     * Runs [block] for as long as all clients are open that it has asked.
     *
     * @throws dev.muster.error.ClientClosedException where one is closed before [block] is done
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T =
        synchronized(lives) { lives.toList() }.fold(block) { inner, life -> { life.whileOpen(inner) } }()

    fun end() {
        val joined = synchronized(lives) {
            hasEnded = true
            lives.toList().also { lives.clear() }
        }
        // Outside of the lock: whoever waits for a client to be idle may go on here.
        joined.forEach { it.left() }
    }
}
