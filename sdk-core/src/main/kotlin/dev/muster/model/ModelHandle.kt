package dev.muster.model

/**
 * A [ChatModel] as a type without suspending functions, for Java. For example, `Muster.builder().model(handle)` takes
 * one.
 *
 * Every handle is a [ChatModel]. To write a custom model, implement [ChatModel] in Kotlin; Java code is not meant to
 * implement it.
 */
public sealed interface ModelHandle
