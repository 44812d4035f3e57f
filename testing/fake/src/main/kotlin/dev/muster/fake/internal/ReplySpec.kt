package dev.muster.fake.internal

import dev.muster.fake.internal.wire.AnswerToolCall
import dev.muster.fake.internal.wire.AnswerUsage

/** The content of a scripted reply. The public FakeReply wraps it. */
internal data class ReplySpec(
    val content: Content,
    /** Nanoseconds before the first byte, or null for the server's latency. */
    val delay: Long? = null,
    val delayAfterHeaders: Long = 0,
    /** Nanoseconds between tokens, or null for the server's token delay. */
    val tokenDelay: Long? = null,
    /** The reply is held until this many requests have arrived. */
    val holdUntil: Int = 0,
    /** The reply is held before the first byte until this gate is released. */
    val hold: String? = null,
    /** The gates, by the number (from 1) of the token after them. */
    val gates: Map<Int, String> = emptyMap(),
    val ending: Ending = Ending.Complete,
    val headers: Map<String, String> = emptyMap(),
    val reasoning: String? = null,
    val encryptedReasoning: String? = null,
    /** Provider-specific blocks as JSON. */
    val blocks: List<String> = emptyList(),
    val refusal: String? = null,
    val toolCalls: List<AnswerToolCall> = emptyList(),
    val finishReason: String? = null,
    val usage: UsageSpec = UsageSpec.Counted,
    val cacheCreation: Int = 0,
    val model: String? = null,
    val honourMaxTokens: Boolean = true,
    val extraFields: Boolean = false,
    val comments: Int = 0,
    val crlf: Boolean = false,
    val noSpaceAfterColon: Boolean = false,
    val byteByByte: Boolean = false,
    val closeConnection: Boolean = false,
)

internal sealed interface Content {
    /** Text, split into word tokens. */
    class Text(val text: String) : Content

    /** Pieces as given. */
    class Tokens(val tokens: List<String>) : Content

    /** The same token until the client closes. */
    class Endless(val token: String) : Content

    /** Vectors as given, for a request for embeddings. */
    class Embeddings(val vectors: List<FloatArray>) : Content

    /** An error in the provider's API format. */
    class Status(val status: Int, val code: String?, val message: String?) : Content

    /** Bytes as given. */
    class Raw(val status: Int, val contentType: String, val body: String) : Content

    /** Never a byte. */
    object Hang : Content

    /** Closes the connection before any byte. */
    class NoReply(val reset: Boolean) : Content
}

/** How the body of a reply ends. */
internal sealed interface Ending {
    object Complete : Ending

    /** Sends nothing more after [tokens] tokens. The connection stays open. */
    class Stall(val tokens: Int) : Ending

    /** Closes the connection after [tokens] tokens, or inside the next event. */
    class Cut(val tokens: Int, val reset: Boolean, val insideEvent: Boolean) : Ending

    /** Sends an error event after [tokens] tokens, then ends the body properly. */
    class Error(val tokens: Int, val code: String?, val message: String?) : Ending

    /** Ends the body properly, but omits the finish event, what follows it and the marker. */
    object NoEnd : Ending

    /** Omits only the marker, if it is its own event. */
    object NoMarker : Ending

    /** Sends everything including the marker, but ends neither the body nor the connection. */
    object StayOpen : Ending
}

internal sealed interface UsageSpec {
    /** Words are counted. */
    object Counted : UsageSpec

    object None : UsageSpec

    class Given(val usage: AnswerUsage) : UsageSpec
}
