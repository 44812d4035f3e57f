package dev.muster.concurrent.internal

import kotlin.coroutines.CoroutineContext

/** A context element of a flow that says who collects it, as far as an operator must know. */
internal enum class Taker : CoroutineContext.Element {
    /** Any collector. A value counts as taken when it is emitted, and a busy collector is not interrupted. */
    ANYBODY,

    /** A collector that passes each value to another thread and returns when that thread has taken it. */
    OTHER_THREAD,

    /** Another operator, which waits for room. A failure of this flow cancels what runs in that operator. */
    OPERATOR,
    ;

    override val key: CoroutineContext.Key<*> get() = Taker

    companion object : CoroutineContext.Key<Taker> {
        /** Returns the taker in [context]. */
        fun of(context: CoroutineContext): Taker = context[Taker] ?: ANYBODY
    }
}
