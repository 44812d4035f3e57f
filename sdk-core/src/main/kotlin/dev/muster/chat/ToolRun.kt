package dev.muster.chat

import java.time.Duration

/** A tool's run that a model has asked for, and what came of it. Immutable; `toString` leaves the content out. */
public class ToolRun(
    /** What the model asked for: the call's id, the tool's name, the arguments as the model wrote them. */
    @get:JvmName("call")
    public val call: ToolCall,
    /** What the model was told: the tool's result, or what went wrong. */
    @get:JvmName("result")
    public val result: String,
    /** Whether [result] says what went wrong: the tool failed, timed out, does not exist, or refused its arguments. */
    @get:JvmName("isError")
    public val isError: Boolean,
    /** How long the tool ran; zero where it did not. */
    @get:JvmName("duration")
    public val duration: Duration,
    /** In which answer of the model the call stood, from 1. */
    @get:JvmName("round")
    public val round: Int,
) {
    /** The id of the call. */
    @get:JvmName("id")
    public val id: String get() = call.id

    /** The tool's name, as the model wrote it. */
    @get:JvmName("name")
    public val name: String get() = call.name

    /** The arguments as the model wrote them. */
    @get:JvmName("arguments")
    public val arguments: String get() = call.arguments

    /** The message that tells the model. */
    public fun toMessage(): Message = Message.tool(id, result, isError)

    override fun toString(): String =
        "ToolRun($name, id=$id, round=$round, ${if (isError) "error" else "ok"}, $duration)"
}
