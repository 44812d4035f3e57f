package dev.muster.agent.internal

import dev.muster.agent.ChatConversation
import dev.muster.call.internal.Operation
import dev.muster.call.internal.OperationContext
import dev.muster.call.internal.currentOperation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.withContext

/** A call of an agent, or a turn of a [conversation], with all its rounds, tries and tools. */
private class Turn(private val conversation: ChatConversation?, outer: Operation?) : Operation(outer) {
    fun isRunningOf(conversation: ChatConversation) = this.conversation === conversation && !hasEnded
}

/** Runs [block] as a turn of [conversation]. */
internal suspend fun <T> inTurnOf(conversation: ChatConversation, block: suspend () -> T): T =
    begin(conversation, currentOperation(), block)

/** Runs [events] as a turn of [conversation]. The collector's code is not part of the turn. */
internal fun <T> inTurnOf(conversation: ChatConversation, events: Flow<T>): Flow<T> =
    flow { emitTurn(conversation, currentOperation(), events) }

/** Runs [block] as a new turn, or within the current turn if the caller is part of one. */
internal suspend fun <T> inTurn(block: suspend () -> T): T {
    val around = currentOperation()
    return if (around?.isPart == true) block() else begin(null, around, block)
}

/** Runs [events] as [inTurn]. The collector's code is not part of a new turn. */
internal fun <T> inTurn(events: Flow<T>): Flow<T> = flow {
    val around = currentOperation()
    if (around?.isPart == true) emitAll(events) else emitTurn(null, around, events)
}

private suspend fun <T> begin(conversation: ChatConversation?, around: OperationContext?, block: suspend () -> T): T {
    val turn = turn(conversation, around)
    try {
        return withContext(OperationContext(turn)) { block() }
    } finally {
        turn.end()
    }
}

private suspend fun <T> FlowCollector<T>.emitTurn(
    conversation: ChatConversation?,
    around: OperationContext?,
    events: Flow<T>,
) {
    val turn = turn(conversation, around)
    try {
        emitAll(events.flowOn(OperationContext(turn)))
    } finally {
        turn.end()
    }
}

private fun turn(conversation: ChatConversation?, around: OperationContext?): Turn {
    val outer = around?.operation
    check(conversation == null || outer?.chain.orEmpty().none { it is Turn && it.isRunningOf(conversation) }) {
        "This turn would deadlock: it was started within a turn of the same conversation. Use fork() to get a copy"
    }
    return Turn(conversation, outer)
}
