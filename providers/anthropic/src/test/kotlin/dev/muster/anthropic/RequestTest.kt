package dev.muster.anthropic

import dev.muster.chat.ChatRequest
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.error.InvalidRequestException
import dev.muster.error.MissingApiKeyException
import dev.muster.provider.ModelProvider
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.ServiceLoader

/** The requests on the wire, and their URLs. */
class RequestTest : Wired() {
    @Test
    fun `A1 the smallest request has a model, the default limit and a message`() = blocking {
        model().ask("hi")
        assertEquals(
            """{"model":"m","max_tokens":16000,"messages":[{"role":"user","content":"hi"}]}""",
            server.requests.last().body,
        )
        model().stream("hi").collect()
        assertEquals(
            """{"model":"m","max_tokens":16000,"messages":[{"role":"user","content":"hi"}],"stream":true}""",
            server.requests.last().body,
        )
    }

    @Test
    fun `A2 system messages go to the top, wherever they stand`() = blocking {
        val request =
            ChatRequest {
                system("one")
                user("hi")
            }
        model().chat(request)
        assertEquals("one", server.requests.last().field("/system"))
        model().chat(
            ChatRequest {
                system("one")
                user("hi")
                system(" ")
                system("two")
            },
        )
        val seen = server.requests.last()
        assertEquals("""[{"type":"text","text":"one"},{"type":"text","text":"two"}]""", seen.field("/system"))
        assertEquals("""[{"role":"user","content":"hi"}]""", seen.field("/messages"))
    }

    @Test
    fun `A2 consecutive tool results are one user turn, in their order, and the next message is its own`() = blocking {
        val calls =
            listOf(ToolCall("c1", "f", """{"x":[1]}"""), ToolCall("c2", "g", "not json"), ToolCall("c3", "h", "[1]"))
        model().chat(
            ChatRequest {
                user("q")
                message(Message.assistant("Let me see.", calls))
                message(Message.tool("c1", "r1"))
                message(Message.tool("c2", ""))
                message(Message.tool("c3", "r3"))
                user("so?")
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            """[{"type":"text","text":"Let me see."},""" +
                """{"type":"tool_use","id":"c1","name":"f","input":{"x":[1]}},""" +
                """{"type":"tool_use","id":"c2","name":"g","input":{}},""" +
                """{"type":"tool_use","id":"c3","name":"h","input":{}}]""",
            seen.field("/messages/1/content"),
        )
        assertEquals(
            """{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"r1"},""" +
                """{"type":"tool_result","tool_use_id":"c2","content":""},""" +
                """{"type":"tool_result","tool_use_id":"c3","content":"r3"}]}""",
            seen.field("/messages/2"),
        )
        assertEquals("so?", seen.field("/messages/3/content"))
    }

    @Test
    fun `C1 two rounds of tools are two user turns, the last one at the end`() = blocking {
        model().chat(
            ChatRequest {
                user("q")
                message(Message.assistant("", listOf(ToolCall("c1", "f", "{}"))))
                message(Message.tool("c1", "r1"))
                message(Message.assistant("", listOf(ToolCall("c2", "f", "{}"))))
                message(Message.tool("c2", "r2"))
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(listOf("user", "assistant", "tool", "assistant", "tool"), seen.messages.map { it.role })
        assertEquals("c2", seen.field("/messages/4/content/0/tool_use_id"))
    }

    @Test
    fun `A3 sampling, stops and tools are on the wire, and a tool that takes nothing says so`() = blocking {
        model().chat(SAMPLED.toBuilder().seed(null).build())
        assertEquals(
            """{"model":"m","max_tokens":7,"messages":[{"role":"user","content":"q"}],""" +
                """"temperature":0.0,"top_p":0.5,"stop_sequences":["A","B"],"tools":[{"name":"now","input_schema":{"type":"object"}}]}""",
            server.requests.single().body,
        )
    }

    @Test
    fun `A3 a temperature that the API refuses is its clear error`() = blocking {
        val strict =
            client {
                provider("anthropic") { it.apiKey("k").baseUrl(server.url).header("Anthropic-Version", "2026-10-21") }
            }
        val request =
            ChatRequest {
                user("q")
                temperature(1.0)
            }
        val error = failure { strict.model("anthropic::m").chat(request) }
        assertEquals(InvalidRequestException::class.java, error.javaClass)
        assertTrue("temperature: Extra inputs are not permitted" in error.message!!, error.message)
        assertEquals(
            listOf("2026-10-21"),
            server.requests.single().headers.filterKeys {
                it.equals("anthropic-version", true)
            }.values.flatten(),
        )
    }

    @Test
    fun `A20 A22 what the API offers and the SDK does not is sent as extra, nested as given`() = blocking {
        model().chat(
            ChatRequest {
                user("q")
                extra("thinking", mapOf("type" to "enabled", "budget_tokens" to 1024))
                extra("tool_choice", mapOf("type" to "auto"))
                extra("tools", listOf(mapOf("name" to "t", "input_schema" to mapOf("type" to "object"))))
                extra("max_tokens", 2000)
                maxTokens(5)
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals("1024", seen.field("/thinking/budget_tokens"))
        assertEquals("2000", seen.field("/max_tokens"))
    }

    @Test
    fun `A7 a missing key names its variable and nothing is sent`() = blocking {
        val model = client { provider("anthropic") { it.baseUrl(server.url) } }.model("anthropic::m")
        listOf(failure { model.ask("hi") }, failure { model.stream("hi").collect() }).forEach {
            assertEquals(MissingApiKeyException::class.java, it.javaClass)
            assertTrue("ANTHROPIC_API_KEY" in it.message!!, it.message)
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `A7 key and base URL come from the environment, and the version goes with them`() = blocking {
        val environment = mapOf("ANTHROPIC_API_KEY" to "from-env", "ANTHROPIC_BASE_URL" to "${server.url}/proxy/")
        client(environment).model("anthropic::m").ask("hi")
        val request = server.requests.single()
        assertEquals("from-env", request.header("x-api-key"))
        assertEquals("2023-06-01", request.header("anthropic-version"))
        assertEquals(null, request.header("Authorization"))
        assertEquals("/proxy/v1/messages", request.path)
    }

    @Test
    fun `A8 a base URL may hold what the path begins with`() = blocking {
        listOf("", "/", "/v1", "/v1/", "/v1/messages", "/team", "/team/v1").forEach { path ->
            val url = server.url + path
            client { provider("anthropic") { it.apiKey("k").baseUrl(url) } }.model("anthropic::m").ask("hi")
            val prefix = if ("team" in path) "/team" else ""
            assertEquals("$prefix/v1/messages", server.requests.last().path)
        }
    }

    @Test
    fun `A8 headers of the user's own replace key and version without regard to case`() = blocking {
        listOf("X-Api-Key" to "mine", "authorization" to "Bearer token").forEach { (name, value) ->
            client {
                provider("anthropic") { it.baseUrl(server.url).header(name, value) }
            }.model("anthropic::m").ask("hi")
            assertEquals(value, server.requests.last().header(name))
        }
        assertEquals(null, server.requests.last().header("x-api-key"))
    }

    @Test
    fun `A8 an endpoint of one's own needs its base URL and nothing else`() = blocking {
        server.allowAnonymous()
        val own = client { provider("mine") { it.compatibleWith("anthropic").baseUrl(server.url) } }
        assertEquals("You said: hi", own.model("mine::m").ask("hi"))
        assertEquals(null, server.requests.last().header("x-api-key"))
        val keyed = client(mapOf("MINE_API_KEY" to "k2", "MINE_BASE_URL" to server.url)) {
            provider("mine") { it.compatibleWith("anthropic") }
        }
        keyed.model("mine::m").ask("hi")
        assertEquals("k2", server.requests.last().header("x-api-key"))
        val nowhere = client { provider("mine") { it.compatibleWith("anthropic") } }
        assertThrows(IllegalArgumentException::class.java) { nowhere.model("mine::m") }
    }

    @Test
    fun `A9 the provider is found by the ServiceLoader`() {
        val found = ServiceLoader.load(ModelProvider::class.java).filter { "anthropic" in it.ids }
        assertEquals(listOf(AnthropicProvider::class.java), found.map { it.javaClass })
        assertEquals(setOf("anthropic"), found.single().ids)
    }
}
