package dev.muster.concurrent

/**
 * How a call ended: with a value or with an exception.
 *
 * Only an [Exception] becomes a [Failure]. An [Error] (`OutOfMemoryError`, `StackOverflowError`, a failed `assert`)
 * means that the program is broken, not that a call failed: it always ends the whole operator, which throws it.
 */
public sealed interface Outcome<out T> {
    /** Whether this is a [Success]. */
    public val isSuccess: Boolean

    /** Returns the value, or null for a failure. */
    public fun getOrNull(): T?

    /** Returns the exception, or null for a success. */
    public fun exceptionOrNull(): Throwable?

    /** Returns the value of a success. Throws the exception of a failure, the same instance. */
    public fun getOrThrow(): T

    /** The call returned [value]. */
    public class Success<out T>(
        /** The value that the call returned. */
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
        /** The exception that the call threw, the same instance. */
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
