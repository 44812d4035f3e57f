package dev.muster.chat

/**
 * A [ChatModel] as something that Java hands on: `Muster.builder().model(handle)` takes one. Every handle is a
 * [ChatModel]; whoever writes a model of their own implements that, in Kotlin. Java needs no suspending function for
 * it, and is not invited to write one by hand.
 */
public sealed interface ModelHandle
