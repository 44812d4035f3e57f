package dev.muster.chat

import java.time.Duration

/** The execution of a tool call that the model requested, with its result. Immutable. `toString` omits the content. */
public class ToolRun internal constructor(
    /** The call as the model wrote it: its id, the tool's name and the arguments. */
    @get:JvmName("call")
    public val call: ToolCall,
    /** The result sent to the model: the tool's result, or a description of the error. */
    @get:JvmName("result")
    public val result: String,
    /** Whether [result] describes an error: the tool failed, timed out, does not exist or rejected its arguments. */
    @get:JvmName("isError")
    public val isError: Boolean,
    /** How long the tool ran. Zero if it did not run. */
    @get:JvmName("duration")
    public val duration: Duration,
    /** The round in which the model requested the call, from 1. */
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

    /** Returns the message that sends the result to the model. */
    public fun toMessage(): Message = Message.tool(id, result, isError)

    override fun toString(): String =
        "ToolRun($name, id=$id, round=$round, ${if (isError) "error" else "ok"}, $duration)"
}
