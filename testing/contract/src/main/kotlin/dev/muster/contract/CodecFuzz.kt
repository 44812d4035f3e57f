package dev.muster.contract

import dev.muster.MusterClient
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.error.LlmException
import dev.muster.http.codec.SseReader
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.network.NetworkSettings
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import java.nio.ByteBuffer
import java.time.Duration
import kotlin.random.Random

/**
 * Checks a provider's codec with any bytes. Call [check] from a fuzz target of your fuzzer, and [checkEverySplit] with
 * the provider's recorded streams from a normal test. Neither needs a server.
 *
 * Passes the bytes to the codec of [model]'s provider: as a stream, as a whole response and as the body of a failure.
 * The result must be a response or an [LlmException], the same however the bytes are split, and no failure may show
 * the key. A model that prints the key is the exception: its text is passed on unchanged.
 */
public class CodecFuzz(
    /** The name of a model, with its provider, such as `openai::m`. */
    model: String,
) {
    private val transport = ScriptedTransport()
    private val client =
        MusterClient {
            environment(emptyMap())
            retry(RetryPolicy.NONE)
            transport(transport)
            provider(model.substringBefore("::")) { it.apiKey(KEY) }
        }
    private val model = client.model(model)
    private val request = ChatRequest.of("hi")

    /**
     * Tries [bytes] in all three ways: whole, in random chunks and byte by byte. Tries their events once so that a
     * codec may extract the text without decoding, and once so that it cannot.
     */
    public fun check(bytes: ByteArray) {
        val splits = listOf(randomPieces(bytes), bytes.map { byteArrayOf(it) })
        for (run in listOf(::streamed, ::whole, ::failed)) {
            val expected = run(listOf(bytes))
            splits.forEach { assertEquals(expected, run(it)) }
        }
        assertEquals(streamed(listOf(eventsOf(bytes, end = ""))), streamed(listOf(eventsOf(bytes, end = "\ndata:"))))
    }

    /** The events of [bytes] again, each line of JSON followed by [end]: multi-line data is always decoded. */
    private fun eventsOf(bytes: ByteArray, end: String): ByteArray {
        val reader = SseReader()
        reader.feed(ByteBuffer.wrap(bytes))
        val text = StringBuilder()
        while (reader.next()) {
            reader.name?.let { text.append("event: $it\n") }
            val data = reader.data
            val isLine = data.startsWith('{') && '\n' !in data
            text.append("data: ").append(data.replace("\n", "\ndata: ")).append(if (isLine) end else "").append("\n\n")
        }
        return text.toString().toByteArray()
    }

    /** Streams [bytes] split in two at every position, and byte by byte. */
    public fun checkEverySplit(bytes: ByteArray) {
        val expected = streamed(listOf(bytes))
        for (at in 0..bytes.size) {
            assertEquals(expected, streamed(listOf(bytes.copyOfRange(0, at), bytes.copyOfRange(at, bytes.size))))
        }
        assertEquals(expected, streamed(bytes.map { byteArrayOf(it) }))
    }

    private fun streamed(pieces: List<ByteArray>): String {
        val text = StringBuilder()
        return ending(OK, pieces, text) { log ->
            model.stream(request).collect {
                log += when (it) {
                    is ChatEvent.TextDelta -> "text ${it.text}".also { _ -> text.append(it.text) }

                    is ChatEvent.ReasoningDelta -> "reasoning ${it.text}"

                    is ChatEvent.Finished -> {
                        assertEquals(text.toString(), it.response.text)
                        describe(it.response)
                    }

                    else -> error("$it")
                }
            }
        }
    }

    private fun whole(pieces: List<ByteArray>): String = ending(OK, pieces) { it += describe(model.chat(request)) }

    private fun failed(pieces: List<ByteArray>): String = ending(BAD, pieces) { model.chat(request) }

    private fun ending(
        status: Int,
        pieces: List<ByteArray>,
        text: CharSequence = "",
        call: suspend (MutableList<String>) -> Unit,
    ): String {
        val log = mutableListOf<String>()
        transport.status = status
        transport.pieces = pieces
        runBlocking {
            try {
                call(log)
            } catch (e: LlmException) {
                val said = "${e.stackTraceToString()} ${e.context}"
                assertFalse(KEY in said, said)
                assertEquals(text.toString(), e.partialText.orEmpty())
                log += "$e ${e.context} text=${e.partialText} usage=${e.partialUsage}"
            }
        }
        return log.joinToString("\n")
    }

    private fun describe(response: ChatResponse): String = response.run {
        val calls = toolCalls.joinToString { "${it.id} ${it.name} ${it.arguments}" }
        "$text|$reasoning|$calls|$finishReason|$rawFinishReason|$requestId|$usage|${this.model}"
    }

    private fun randomPieces(bytes: ByteArray): List<ByteArray> {
        val random = Random(bytes.contentHashCode())
        val pieces = mutableListOf<ByteArray>()
        var from = 0
        while (from < bytes.size) {
            val to = minOf(bytes.size, from + random.nextInt(0, maxOf(2, bytes.size / 3)))
            pieces += bytes.copyOfRange(from, to)
            from = to
        }
        return pieces
    }

    /** Responds to every call with [pieces]. */
    private class ScriptedTransport : HttpTransport {
        var status = OK
        var pieces: List<ByteArray> = emptyList()
        override val openExchanges: Int get() = 0
        override val network: NetworkSettings? get() = null

        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
            val left = pieces.iterator()
            return handle(
                object : HttpAnswer {
                    override val status = this@ScriptedTransport.status

                    override fun header(name: String): String? = null

                    override suspend fun read(): List<ByteBuffer>? =
                        if (left.hasNext()) listOf(ByteBuffer.wrap(left.next())) else null
                },
            )
        }

        override fun close() {
            // Nothing is open.
        }

        override fun awaitClosed(timeout: Duration): Boolean = true
    }

    private companion object {
        const val OK = 200
        const val BAD = 400
        const val KEY = "sk-test-0123456789"
    }
}
