package dev.muster.call.internal

/** Hides a constructor from Java: with a parameter of a value class it is synthetic there. */
@JvmInline
internal value class Hidden<T>(val value: T)
