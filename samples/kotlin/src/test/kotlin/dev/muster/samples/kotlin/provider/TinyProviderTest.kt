package dev.muster.samples.kotlin.provider

import com.sun.net.httpserver.HttpServer
import dev.muster.MusterClient
import dev.muster.chat.ChatRequest
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.Usage
import dev.muster.chat.text
import dev.muster.error.InsufficientFundsException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MissingApiKeyException
import dev.muster.error.StreamTruncatedException
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.InetAddress
import java.net.InetSocketAddress

/** What only this provider does. [TinyContractTest] tests what every provider must do. */
class TinyProviderTest {
    private var status = 200
    private var reply = ""
    private val requests = mutableListOf<String>()
    private val server =
        HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0).apply {
            createContext("/v1/chat") { exchange ->
                val body = String(exchange.requestBody.readAllBytes())
                requests += exchange.requestHeaders.getFirst("x-tiny-key") + " " + body
                val bytes = reply.toByteArray()
                exchange.sendResponseHeaders(status, bytes.size.toLong())
                exchange.responseBody.use { it.write(bytes) }
            }
            start()
        }
    private val url = "http://${server.address.hostString}:${server.address.port}/v1/chat"

    private fun <T> asked(key: String? = "k", use: suspend (MusterClient) -> T): T = MusterClient {
        environment(emptyMap())
        retry(RetryPolicy.NONE)
        provider("tiny") { it.apiKey(key).baseUrl(url) }
    }.use { runBlocking { use(it) } }

    @AfterEach
    fun close() = server.stop(0)

    @Test
    fun `a response is decoded whole and streamed`() {
        reply = """{"text":"It is 4.","end":"stop","used":{"in":7,"out":3}}"""
        val whole = asked { it.model("tiny::m").chat(ChatRequest.of("What is 2+2?")) }
        val used = Usage.sum(listOf(whole))
        assertEquals(listOf("It is 4.", 7L, 3L), listOf(whole.text, used.inputTokens, used.outputTokens))
        val sent = """{"model":"m","messages":[{"role":"user","text":"What is 2+2?"}],"stream":false}"""
        assertEquals(listOf("k $sent"), requests)
        reply = "data: {\"text\":\"It is\"}\n\ndata: {\"text\":\" 4.\"}\n\ndata: {\"end\":\"stop\"}\n\n"
        assertEquals(listOf("It is", " 4."), asked { it.model("tiny::m").stream("What is 2+2?").text().toList() })
    }

    @Test
    fun `failures have their types`() {
        assertThrows(MissingApiKeyException::class.java) { asked(key = null) { it.model("tiny::m").chat("hi") } }
        val thinking = ChatRequest {
            user("hi")
            reasoning(Reasoning.effort(ReasoningEffort.HIGH))
        }
        assertThrows(InvalidRequestException::class.java) { asked { it.model("tiny::m").chat(thinking) } }
        assertEquals(emptyList<String>(), requests)
        reply = "data: {\"text\":\"It is\"}\n\n"
        val cut = assertThrows(StreamTruncatedException::class.java) {
            asked { it.model("tiny::m").stream("hi").collect() }
        }
        assertEquals("It is", cut.partialText)
        status = 429
        reply = """{"error":{"code":"no_credit","message":"Your credit is used up."}}"""
        val broke = assertThrows(InsufficientFundsException::class.java) { asked { it.model("tiny::m").chat("hi") } }
        assertTrue("Your credit is used up" in broke.message!!, broke.message)
    }
}
