package dev.muster.gemini

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.embedding.embed
import dev.muster.error.InvalidRequestException
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.IOException

/** Requests that the API would refuse fail before they are sent, with a message that says what to do. */
class RefusalsTest : Wired() {
    private fun calls(vararg ids: String) = Message.assistant("", ids.map { ToolCall(it, "tide", "{}") })

    private fun history(vararg messages: Message) = ChatRequest.builder().messages(messages.toList()).build()

    private suspend fun refused(request: ChatRequest, words: String, name: String = "m") {
        listOf(failure { model(name).chat(request) }, failure { model(name).stream(request).collect() }).forEach {
            assertEquals(InvalidRequestException::class.java, it.javaClass, words)
            assertTrue(words in it.message!!, it.message)
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `a history that has a call without its result, or a result without its call`() = blocking {
        val user = Message.user("q")
        val mapped =
            mapOf(
                history(Message.system("Be brief.")) to "without a user message",
                history(Message.system("Be brief."), Message.assistant("Yes?")) to "without a user message",
                history(user, Message.tool("c1", "r")) to "the result of the call c1 does not follow",
                history(user, calls("c1"), Message.tool("c2", "r")) to "the result of the call c2 does not",
                history(user, calls("c1"), Message.tool("c1", "r"), Message.tool("c1", "r")) to
                    "the result of the call c1",
                history(user, calls("c1")) to "the call c1 of the tool tide has no result",
                history(user, calls("c1", "c2"), Message.tool("c1", "r")) to
                    "the call c2 of the tool tide has no result",
                history(user, calls("c1"), user, Message.tool("c1", "r")) to
                    "the call c1 of the tool tide has no result",
                history(calls("c1"), Message.tool("c1", "r")) to "follow a user message or tool results",
                history(
                    user,
                    Message.assistant("Hm."),
                    calls("c1"),
                    Message.tool("c1", "r"),
                ) to "follow a user message",
            )
        mapped.forEach { (request, words) -> refused(request, words) }
    }

    @Test
    fun `histories that the API takes are sent`() = blocking {
        listOf(
            history(Message.assistant("Yes?"), Message.user("q")),
            history(Message.user("q"), Message.user("r"), Message.assistant("half an answer")),
            history(
                Message.user("q"),
                calls("c1", "c2"),
                Message.system("s"),
                Message.tool("c2", "r"),
                Message.tool("c1", "r"),
                calls("c1"),
                Message.tool("c1", "r"),
            ),
        ).forEach {
            model().chat(it)
            assertEquals(null, server.requests.last().rejection)
        }
        model().chat(
            ChatRequest {
                system("s")
                extra("contents", listOf(mapOf("parts" to listOf(mapOf("text" to "mine")))))
            },
        )
        assertEquals("mine", server.requests.last().field("/contents/0/parts/0/text"))
    }

    @Test
    fun `names of tools that the API has no letters for`() = blocking {
        fun offering(name: String) = ChatRequest {
            user("q")
            tools(listOf(ToolDefinition(name, "", emptyMap())))
        }
        listOf("", "a b", "straße", "1st", "-x", "a/b", "x".repeat(129)).forEach {
            refused(offering(it), "the tool name '")
        }
        listOf("_a", "mcp:files.read-all", "x".repeat(128)).forEach {
            model().chat(offering(it))
            assertEquals(null, server.requests.last().rejection, it)
        }
    }

    @Test
    fun `a call in a history, by whatever name, is sent under one that the API takes`() = blocking {
        val names = listOf("", "1st", "files/read", "straße")
        model().chat(
            history(
                Message.user("q"),
                Message.assistant("", names.map { ToolCall("c$it", it, "{}") }),
                *names.map { Message.tool("c$it", "r") }.toTypedArray(),
            ),
        )
        val seen = server.requests.last()
        assertEquals(null, seen.rejection)
        listOf("_", "_1st", "files_read", "stra_e").forEachIndexed { at, name ->
            assertEquals(name, seen.field("/contents/1/parts/$at/functionCall/name"))
            assertEquals(name, seen.field("/contents/2/parts/$at/functionResponse/name"))
        }
    }

    @Test
    fun `stop sequences, seeds and fields that the API does not have`() = blocking {
        fun asking(set: ChatRequest.Builder.() -> Unit) = ChatRequest {
            user("q")
            set()
        }
        refused(asking { stop(List(6) { "$it" }) }, "at most 5 stop sequences are allowed, not 6")
        refused(asking { stop(listOf("a", "")) }, "stop sequence is empty")
        refused(asking { seed(1L shl 31) }, "32-bit integer, not 2147483648")
        refused(asking { extra("stream", true) }, "extra must not contain the field 'stream'")
        model().chat(
            asking {
                stop(List(5) { "$it" })
                seed(-7)
            },
        )
        val config = """{"seed":-7,"stopSequences":["0","1","2","3","4"]}"""
        assertEquals(config, server.requests.last().field("/generationConfig"))
    }

    @Test
    fun `a model's name in full is its path`() = blocking {
        listOf("publishers/google/models/m", "projects/p/locations/l/endpoints/7").forEach { name ->
            val transport = ScriptedTransport(answer(text("x"))) { throw IOException("no more") }
            failure { model(name, transport = transport).chat(ChatRequest.of("q")) }
            assertEquals("/v1beta/$name:generateContent", transport.path)
        }
    }

    @Test
    fun `names of models that would lead elsewhere`() = blocking {
        listOf("..", "a/../b", "./a", "a//b", "/a", "a/", "models/", "a?b", "a#b", "a b", "a%2e", "a\\b", "a\u0000b")
            .forEach { refused(ChatRequest.of("q"), "not a valid model name", it) }
        val client = client { provider("gemini") { it.apiKey(KEY).baseUrl(url) } }
        val failed = failure { client.embeddingModel("gemini::a/../b").embed("x") }
        assertEquals(InvalidRequestException::class.java, failed.javaClass)
        assertEquals(0, server.requestCount)
    }
}
