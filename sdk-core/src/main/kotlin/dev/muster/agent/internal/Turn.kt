package dev.muster.agent.internal

import dev.muster.agent.ChatConversation

/** The life of a client, as seen by a [Turn] that asks the client's models. */
internal interface ClientLife {
    /** Counts a turn as a running call, until it has [left]. */
    fun joined()

    /** Ends the count of a turn that had [joined]. */
    fun left()

    /**
     * Runs [block], and cancels it if the client closes.
     *
     * @throws dev.muster.error.ClientClosedException if the client closes before [block] is done
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T
}

/**
 * A call of an agent or a turn of a conversation, with all its rounds, tries and tools. Each client whose models it
 * asks counts it as one running call: from its first request to that client until its end, including the time between
 * two requests.
 *
 * The client finds the turn through the [TurnContext] of the caller. So the clients need not be known beforehand, and a
 * decorator between agent and model has nothing to pass on.
 */
internal class Turn(private val conversation: ChatConversation?, private val outer: Turn?) {
    private val lives = LinkedHashSet<ClientLife>(1)

    /** Whether the turn has ended. Code that still runs then is not part of it. */
    @Volatile
    var hasEnded = false
        private set

    /** Whether this turn, or a turn that it runs for, has asked a model of this client. */
    fun has(life: ClientLife): Boolean = synchronized(lives) { life in lives } || outer?.has(life) == true

    /** Whether this turn, or a turn that it runs for, is a running turn of [conversation]. */
    fun isOf(conversation: ChatConversation): Boolean =
        (this.conversation === conversation && !hasEnded) || outer?.isOf(conversation) == true

    /** Called when the turn asks a model of this client. */
    fun join(life: ClientLife) = synchronized(lives) {
        if (!hasEnded && lives.add(life)) life.joined()
    }

    /**
     * Runs [block], and cancels it if a client that the turn has asked closes.
     *
     * @throws dev.muster.error.ClientClosedException if such a client closes before [block] is done
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T =
        synchronized(lives) { lives.toList() }.fold(block) { inner, life -> { life.whileOpen(inner) } }()

    fun end() {
        val joined = synchronized(lives) {
            hasEnded = true
            lives.toList().also { lives.clear() }
        }
        // Outside of the lock: code that waits for a client to be idle may resume here.
        joined.forEach { it.left() }
    }
}
