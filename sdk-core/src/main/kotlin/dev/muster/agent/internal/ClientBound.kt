package dev.muster.agent.internal

/** A model of a client: what is done on its account between two of its calls ends with the client, too. */
internal interface ClientBound {
    /**
     * Runs [block] for as long as the client is open.
     *
     * @throws dev.muster.error.ClientClosedException where it is closed before [block] is done
     */
    suspend fun <T> whileOpen(block: suspend () -> T): T
}
