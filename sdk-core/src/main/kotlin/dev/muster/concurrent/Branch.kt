package dev.muster.concurrent

/** One of the calls of a [race] or a [selectFirst]. Nothing runs until it is given to one. */
public class Branch<out T>(
    /** Names the branch in the result; null stands for its index as text. Labels need not differ. */
    public val label: String?,
    /** What the branch does. */
    public val call: suspend () -> T,
)

/** Keeps the [Branches] of one operator from being reached inside those of another. */
@DslMarker
public annotation class BranchesDsl

/** Collects the branches of a [race] or a [selectFirst]. */
@BranchesDsl
public class Branches<T> internal constructor() {
    private val collected = mutableListOf<Branch<T>>()

    /** Adds a branch that runs [call] and is called [label] in the result; without one, its index as text. */
    public fun branch(label: String? = null, call: suspend () -> T) {
        collected += Branch(label, call)
    }

    @JvmSynthetic
    internal fun toList(): List<Branch<T>> = collected.toList()
}

internal fun <T> branches(describe: Branches<T>.() -> Unit): List<Branch<T>> = Branches<T>().apply(describe).toList()

internal fun <T> branches(calls: Array<out suspend () -> T>): List<Branch<T>> = calls.map { Branch(null, it) }
