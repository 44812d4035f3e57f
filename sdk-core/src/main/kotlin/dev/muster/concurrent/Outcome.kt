package dev.muster.concurrent

/**
 * How one call ended: a value or an exception, as data.
 *
 * Only an [Exception] becomes a [Failure]. An [Error] (`OutOfMemoryError`, `StackOverflowError`, a failed `assert`)
 * says that the program is broken, not that a call failed: it always ends the whole operator and is thrown from it.
 */
public sealed interface Outcome<out T> {
    /** Whether this is a [Success]. */
    public val isSuccess: Boolean

    /** The value, or null for a failure. */
    public fun getOrNull(): T?

    /** The exception, or null for a success. */
    public fun exceptionOrNull(): Throwable?

    /** The value; a failure's exception is thrown as it is. */
    public fun getOrThrow(): T

    /** The call gave [value]. */
    public class Success<out T>(
        /** What the call gave. */
        @get:JvmName("value") public val value: T,
    ) : Outcome<T> {
        override val isSuccess: Boolean get() = true

        override fun getOrNull(): T? = value

        override fun exceptionOrNull(): Throwable? = null

        override fun getOrThrow(): T = value

        override fun equals(other: Any?): Boolean = other is Success<*> && other.value == value

        override fun hashCode(): Int = value.hashCode()

        override fun toString(): String = "Success($value)"
    }

    /** The call threw [exception]. */
    public class Failure<out T>(
        /** What the call threw, the very instance. */
        @get:JvmName("exception") public val exception: Throwable,
    ) : Outcome<T> {
        override val isSuccess: Boolean get() = false

        override fun getOrNull(): T? = null

        override fun exceptionOrNull(): Throwable = exception

        override fun getOrThrow(): T = throw exception

        override fun equals(other: Any?): Boolean = other is Failure<*> && other.exception == exception

        override fun hashCode(): Int = exception.hashCode()

        override fun toString(): String = "Failure($exception)"
    }
}
