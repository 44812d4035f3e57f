package dev.muster.call.internal

import dev.muster.concurrent.BlockingContextElement
import dev.muster.spi.ContextCarrier
import dev.muster.spi.ContextCarrier.Captured
import dev.muster.spi.ContextCarrier.Restored
import kotlinx.coroutines.currentCoroutineContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

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

/** The operation that the code runs in. */
internal open class OperationContext(val operation: Operation) : AbstractCoroutineContextElement(Key) {
    /** What the operation itself does is part of it; what a tool does only runs for it. */
    open val isPart: Boolean get() = !operation.hasEnded

    companion object Key : CoroutineContext.Key<OperationContext>
}

/**
 * The operation whose tool the code runs in. Blocking code knows it by its thread: a call that is started there has no
 * other link to the one that it runs for.
 */
internal class ToolContext(operation: Operation) :
    OperationContext(operation),
    BlockingContextElement<ToolContext?> {
    override val isPart: Boolean get() = false

    override fun updateThreadContext(context: CoroutineContext): ToolContext? = swap(this)

    override fun restoreThreadContext(context: CoroutineContext, oldState: ToolContext?) {
        swap(oldState)
    }

    companion object {
        private val OF_THREAD = ThreadLocal<ToolContext?>()

        fun ofThread(): ToolContext? = OF_THREAD.get()

        /** Makes [next] the thread's, and returns the previous one. */
        fun swap(next: ToolContext?): ToolContext? {
            val before = OF_THREAD.get()
            if (next == null) OF_THREAD.remove() else OF_THREAD.set(next)
            return before
        }
    }
}

/** Takes the [ToolContext] of a thread along with the calls that are started on it. */
internal class ToolContextCarrier : ContextCarrier {
    override fun capture(): Captured? = ToolContext.ofThread()?.let(::OfTool)

    private class OfTool(private val context: ToolContext) : Captured {
        override fun restore(): Restored {
            val before = ToolContext.swap(context)
            return Restored { ToolContext.swap(before) }
        }

        override fun coroutineContext(): CoroutineContext = context
    }
}

/** The context of the operation that the caller runs in or for, or null. */
internal suspend fun currentOperation(): OperationContext? =
    currentCoroutineContext()[OperationContext] ?: ToolContext.ofThread()
