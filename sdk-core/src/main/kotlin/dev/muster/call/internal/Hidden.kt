package dev.muster.call.internal

/** Hides a constructor from Java: one with a parameter of a value class is synthetic there. */
@JvmInline
internal value class Hidden<T>(val value: T)
