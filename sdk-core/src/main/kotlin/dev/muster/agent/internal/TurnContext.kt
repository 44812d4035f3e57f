package dev.muster.agent.internal

import dev.muster.agent.ChatConversation
import dev.muster.concurrent.BlockingContextElement
import dev.muster.spi.ContextCarrier
import dev.muster.spi.ContextCarrier.Captured
import dev.muster.spi.ContextCarrier.Restored
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.withContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The turn that the code runs in. */
internal open class TurnContext(val turn: Turn) : AbstractCoroutineContextElement(Key) {
    /** True for the turn's own code. False for the code of its tools, which only runs for it. */
    open val isPart: Boolean get() = !turn.hasEnded

    companion object Key : CoroutineContext.Key<TurnContext>
}

/**
 * The turn whose tool the code runs in. Blocking code gets it from its thread, because a call that it starts has no
 * other link to the turn.
 */
internal class ToolContext(turn: Turn) :
    TurnContext(turn),
    BlockingContextElement<ToolContext?> {
    override val isPart: Boolean get() = false

    override fun updateThreadContext(context: CoroutineContext): ToolContext? = swap(this)

    override fun restoreThreadContext(context: CoroutineContext, oldState: ToolContext?) {
        swap(oldState)
    }

    companion object {
        private val OF_THREAD = ThreadLocal<ToolContext?>()

        fun ofThread(): ToolContext? = OF_THREAD.get()

        /** Sets the context of this thread to [next] and returns the previous one. */
        fun swap(next: ToolContext?): ToolContext? {
            val before = OF_THREAD.get()
            if (next == null) OF_THREAD.remove() else OF_THREAD.set(next)
            return before
        }
    }
}

/** Passes the [ToolContext] of a thread to the calls that are started on it. */
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

/** Returns the context of the turn that the caller runs in or for, or null. */
internal suspend fun currentTurn(): TurnContext? = currentCoroutineContext()[TurnContext] ?: ToolContext.ofThread()

/** Runs [block] as a turn of [conversation]. */
internal suspend fun <T> inTurnOf(conversation: ChatConversation, block: suspend () -> T): T =
    begin(conversation, currentTurn(), block)

/** Runs [events] as a turn of [conversation]. The collector's code is not part of the turn. */
internal fun <T> inTurnOf(conversation: ChatConversation, events: Flow<T>): Flow<T> =
    flow { emitTurn(conversation, currentTurn(), events) }

/** Runs [block] as a new turn, or within the current turn if the caller is part of one. */
internal suspend fun <T> inTurn(block: suspend () -> T): T {
    val around = currentTurn()
    return if (around?.isPart == true) block() else begin(null, around, block)
}

/** Runs [events] as [inTurn]. The collector's code is not part of a new turn. */
internal fun <T> inTurn(events: Flow<T>): Flow<T> = flow {
    val around = currentTurn()
    if (around?.isPart == true) emitAll(events) else emitTurn(null, around, events)
}

private suspend fun <T> begin(conversation: ChatConversation?, around: TurnContext?, block: suspend () -> T): T {
    val turn = turn(conversation, around)
    try {
        return withContext(TurnContext(turn)) { block() }
    } finally {
        turn.end()
    }
}

private suspend fun <T> FlowCollector<T>.emitTurn(
    conversation: ChatConversation?,
    around: TurnContext?,
    events: Flow<T>,
) {
    val turn = turn(conversation, around)
    try {
        emitAll(events.flowOn(TurnContext(turn)))
    } finally {
        turn.end()
    }
}

private fun turn(conversation: ChatConversation?, around: TurnContext?): Turn {
    check(conversation == null || around?.turn?.isOf(conversation) != true) {
        "This turn would deadlock: it was started within a turn of the same conversation. Use fork() to get a copy"
    }
    return Turn(conversation, around?.turn)
}
