package dev.muster.concurrent.internal

import kotlin.coroutines.CoroutineContext

/** In the context of a flow: who collects it, as far as an operator has to know. */
internal enum class Taker : CoroutineContext.Element {
    /** Whoever it is: a value is taken when it is emitted, and who is busy with it is left in peace. */
    ANYBODY,

    /** One who hands each value on to another thread, and comes back when that has taken it. */
    OTHER_THREAD,

    /** A further operator, which waits for room: what runs in it ends with a failure of this flow. */
    OPERATOR,
    ;

    override val key: CoroutineContext.Key<*> get() = Taker

    companion object : CoroutineContext.Key<Taker> {
        /** The one in [context]. */
        fun of(context: CoroutineContext): Taker = context[Taker] ?: ANYBODY
    }
}
