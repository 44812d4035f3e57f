package dev.muster.concurrent

/** One of the calls of a [race] or a [selectFirst]. Creating a branch starts nothing. */
public class Branch<out T>(
    /** The name of the branch in the result. Null: its index as text. Labels need not be unique. */
    public val label: String?,
    /** The call that the branch runs. */
    public val call: suspend () -> T,
)

/** Prevents the use of an outer operator's [Branches] inside those of another operator. */
@DslMarker
public annotation class BranchesDsl

/** Collects the branches of a [race] or a [selectFirst]. */
@BranchesDsl
public class Branches<T> internal constructor() {
    private val collected = mutableListOf<Branch<T>>()

    /** Adds a branch that runs [call]. [label] names it in the result; null stands for its index as text. */
    public fun branch(label: String? = null, call: suspend () -> T) {
        collected += Branch(label, call)
    }

    @JvmSynthetic
    internal fun toList(): List<Branch<T>> = collected.toList()
}

internal fun <T> branches(describe: Branches<T>.() -> Unit): List<Branch<T>> = Branches<T>().apply(describe).toList()

internal fun <T> branches(calls: Array<out suspend () -> T>): List<Branch<T>> = calls.map { Branch(null, it) }
