package dev.muster.agent.internal

import dev.muster.agent.ChatConversation
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.withContext
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** Which conversations' turns the code runs in, so that none of them waits for itself. */
private class TurnContext(val conversation: ChatConversation, val outer: TurnContext?) :
    AbstractCoroutineContextElement(Key) {
    fun has(conversation: ChatConversation): Boolean =
        this.conversation === conversation || outer?.has(conversation) == true

    companion object Key : CoroutineContext.Key<TurnContext>
}

/** Runs [block] as a turn of [conversation]. */
internal suspend fun <T> inTurnOf(conversation: ChatConversation, block: suspend () -> T): T =
    withContext(entered(conversation)) { block() }

/** [turn], whose collector is no part of it. */
internal fun <T> inTurnOf(conversation: ChatConversation, turn: Flow<T>): Flow<T> = flow {
    emitAll(turn.flowOn(entered(conversation)))
}

private suspend fun entered(conversation: ChatConversation): TurnContext {
    val outer = currentCoroutineContext()[TurnContext]
    check(outer?.has(conversation) != true) {
        "This turn would wait for itself: it was asked for within a turn of the same conversation; fork() it"
    }
    return TurnContext(conversation, outer)
}
