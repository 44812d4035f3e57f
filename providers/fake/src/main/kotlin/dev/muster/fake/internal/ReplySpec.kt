package dev.muster.fake.internal

import dev.muster.fake.internal.wire.AnswerToolCall
import dev.muster.fake.internal.wire.AnswerUsage

/** What a script says a reply is; the public FakeReply wraps it. */
internal data class ReplySpec(
    val content: Content,
    /** Nanoseconds before the first byte; null takes the server's latency. */
    val delay: Long? = null,
    val delayAfterHeaders: Long = 0,
    /** Nanoseconds between tokens; null takes the server's. */
    val tokenDelay: Long? = null,
    /** Held until this many requests have arrived. */
    val holdUntil: Int = 0,
    /** Held before the first byte until this gate is released. */
    val hold: String? = null,
    /** Gates by the number, from 1, of the token they stand before. */
    val gates: Map<Int, String> = emptyMap(),
    val ending: Ending = Ending.Complete,
    val headers: Map<String, String> = emptyMap(),
    val reasoning: String? = null,
    val encryptedReasoning: String? = null,
    /** Blocks of the provider's own, as JSON. */
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

    /** One token again and again, until the client leaves. */
    class Endless(val token: String) : Content

    /** Vectors as given, for a request for embeddings. */
    class Embeddings(val vectors: List<FloatArray>) : Content

    /** An error in the provider's form. */
    class Status(val status: Int, val code: String?, val message: String?) : Content

    /** Bytes as given. */
    class Raw(val status: Int, val contentType: String, val body: String) : Content

    /** Never a byte. */
    object Hang : Content

    /** The connection ends before any byte. */
    class NoReply(val reset: Boolean) : Content
}

/** How the body of a reply ends. */
internal sealed interface Ending {
    object Complete : Ending

    /** After [tokens] tokens nothing more comes; the connection stays open. */
    class Stall(val tokens: Int) : Ending

    /** After [tokens] tokens, or within the next event, the connection ends. */
    class Cut(val tokens: Int, val reset: Boolean, val insideEvent: Boolean) : Ending

    /** After [tokens] tokens an error event; then the body ends properly. */
    class Error(val tokens: Int, val code: String?, val message: String?) : Ending

    /** The body ends properly but lacks its end: the finish, what follows it and the marker. */
    object NoEnd : Ending

    /** Only the marker is missing, where it is an event of its own. */
    object NoMarker : Ending

    /** Complete to the marker, but neither the body nor the connection ends. */
    object StayOpen : Ending
}

internal sealed interface UsageSpec {
    /** Words are counted. */
    object Counted : UsageSpec

    object None : UsageSpec

    class Given(val usage: AnswerUsage) : UsageSpec
}
