package dev.muster.gemini

import dev.muster.chat.CacheControl
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.error.InvalidRequestException
import dev.muster.error.MissingApiKeyException
import dev.muster.provider.ModelProvider
import kotlinx.coroutines.flow.collect
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.ServiceLoader

/** The requests on the wire, and their URLs. */
class RequestTest : Wired() {
    @Test
    fun `A1 the smallest request has contents alone, and its path the model and the method`() = blocking {
        val smallest = """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"""
        model().ask("hi")
        model().stream("hi").collect()
        assertEquals(listOf(smallest, smallest), server.requests.map { it.body })
        assertEquals(
            listOf("/v1beta/models/m:generateContent?", "/v1beta/models/m:streamGenerateContent?alt=sse"),
            server.requests.map { it.path + "?" + it.query },
        )
    }

    @Test
    fun `A1 a model's name is a part of the path`() = blocking {
        val paths =
            listOf("tunedModels/mine-1", "models/m", "é:c").map {
                model(it).ask("hi")
                server.requests.last().path
            }
        val expected =
            listOf(
                "/v1beta/tunedModels/mine-1",
                "/v1beta/models/m",
                "/v1beta/models/%C3%A9%3Ac",
            )
        assertEquals(expected.map { "$it:generateContent" }, paths)
        assertEquals("é:c", server.requests.last().model)
    }

    @Test
    fun `A2 system messages go to the top, wherever they stand`() = blocking {
        model().chat(
            ChatRequest {
                system("one")
                user("hi")
                system(" ")
                system("two")
                assistant("hello")
                user("so?")
            },
        )
        val seen = server.requests.single()
        assertEquals("""{"parts":[{"text":"one"},{"text":"two"}]}""", seen.field("/systemInstruction"))
        assertEquals(
            """[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"hello"}]},""" +
                """{"role":"user","parts":[{"text":"so?"}]}]""",
            seen.field("/contents"),
        )
    }

    @Test
    fun `A22 an assistant message of foreign thoughts only is left out`() = blocking {
        val foreign = ContentPart.Reasoning("hm", "s", "anthropic")
        model().chat(
            ChatRequest {
                user("a")
                message(Message.assistant(listOf(foreign), emptyList()))
                user("b")
            },
        )
        assertEquals(
            """[{"role":"user","parts":[{"text":"a"}]},{"role":"user","parts":[{"text":"b"}]}]""",
            server.requests.single().field("/contents"),
        )
    }

    @Test
    fun `A2 C1 consecutive tool results are one user turn, each with its call's name and id`() = blocking {
        val calls =
            listOf(ToolCall("c1", "f", """{"x":[1]}"""), ToolCall("c2", "g", "not json"), ToolCall("c3", "h", "[1]"))
        model().chat(
            ChatRequest {
                user("q")
                message(Message.assistant("Let me see.", calls))
                message(Message.tool("c1", "r1"))
                message(Message.tool("c2", "it broke", isError = true))
                message(Message.tool("c3", """{"y":2}"""))
                user("so?")
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            """{"role":"model","parts":[{"text":"Let me see."},""" +
                """{"functionCall":{"id":"c1","name":"f","args":{"x":[1]}}},""" +
                """{"functionCall":{"id":"c2","name":"g","args":{}}},""" +
                """{"functionCall":{"id":"c3","name":"h","args":{}}}]}""",
            seen.field("/contents/1"),
        )
        assertEquals(
            """{"role":"user","parts":[""" +
                """{"functionResponse":{"id":"c1","name":"f","response":{"output":"r1"}}},""" +
                """{"functionResponse":{"id":"c2","name":"g","response":{"error":"it broke"}}},""" +
                """{"functionResponse":{"id":"c3","name":"h","response":{"output":"{\"y\":2}"}}}]}""",
            seen.field("/contents/2"),
        )
        assertEquals("so?", seen.field("/contents/3/parts/0/text"))
    }

    @Test
    fun `C1 two rounds of tools with the same ids keep their names apart`() = blocking {
        model().chat(
            ChatRequest {
                user("q")
                message(Message.assistant("", listOf(ToolCall("c1", "f", "{}"))))
                message(Message.tool("c1", "r1"))
                message(Message.assistant("", listOf(ToolCall("c1", "g", "{}"))))
                message(Message.tool("c1", "r2"))
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals("f", seen.field("/contents/2/parts/0/functionResponse/name"))
        assertEquals("g", seen.field("/contents/4/parts/0/functionResponse/name"))
    }

    @Test
    fun `A3 sampling, stops and tools are on the wire, and a tool that takes nothing says so`() = blocking {
        model().chat(SAMPLED)
        assertEquals(
            """{"contents":[{"role":"user","parts":[{"text":"q"}]}],""" +
                """"tools":[{"functionDeclarations":[{"name":"now","parametersJsonSchema":{"type":"object"}}]}],""" +
                """"generationConfig":{"maxOutputTokens":7,"temperature":0.0,"topP":0.5,"seed":1,""" +
                """"stopSequences":["A","B"]}}""",
            server.requests.single().body,
        )
    }

    @Test
    fun `A3 a temperature that the API refuses is its clear error`() = blocking {
        val request =
            ChatRequest {
                user("q")
                temperature(2.5)
            }
        val error = failure { model().chat(request) }
        assertEquals(InvalidRequestException::class.java, error.javaClass)
        assertTrue("generation_config.temperature" in error.message!!, error.message)
        assertEquals("INVALID_ARGUMENT", error.code)
    }

    @Test
    fun `A19 images and documents are parts of their turn, in order`() = blocking {
        val bytes = byteArrayOf(1, 2, 3)
        model().chat(
            ChatRequest {
                message(
                    Message.user(
                        ContentPart.Text("What is this?"),
                        ContentPart.Image.of(bytes, "image/png"),
                        ContentPart.Image.url("https://x.example/a.png"),
                        ContentPart.Document.of(bytes, "application/pdf", "a.pdf"),
                        ContentPart.Document.url("https://x.example/documents/1", "b.PDF"),
                        ContentPart.Text("And that?"),
                    ),
                )
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            """[{"text":"What is this?"},{"inlineData":{"mimeType":"image/png","data":"AQID"}},""" +
                """{"fileData":{"mimeType":"image/png","fileUri":"https://x.example/a.png"}},""" +
                """{"inlineData":{"mimeType":"application/pdf","data":"AQID"}},""" +
                """{"fileData":{"mimeType":"application/pdf","fileUri":"https://x.example/documents/1"}},""" +
                """{"text":"And that?"}]""",
            seen.field("/contents/0/parts"),
        )
    }

    @Test
    fun `A19 the type of what is fetched is told by its path, not by its host or query`() = blocking {
        val uploaded = "https://generativelanguage.googleapis.com/v1beta/files/abc-1"
        mapOf(
            "https://x.example/a.b/c.JPEG?size=2.png#d.pdf" to "image/jpeg",
            "gs://bucket/film.mp4" to "video/mp4",
            uploaded to null,
            "https://youtu.be/x" to null,
        ).forEach { (url, type) ->
            model().chat(ChatRequest { message(Message.user(ContentPart.Image.url(url))) })
            val seen = server.requests.last()
            assertEquals(url, seen.field("/contents/0/parts/0/fileData/fileUri"))
            assertEquals(type, seen.field("/contents/0/parts/0/fileData/mimeType"))
        }
    }

    @Test
    fun `A19 a URL that tells no type is refused with what to do, and nothing is sent`() = blocking {
        listOf("https://x.png", "https://x.example/", "https://x.example/a?b=c.png", "https://x.example/a.b").forEach {
            val request = ChatRequest { message(Message.user(ContentPart.Image.url(it))) }
            val failures = listOf(failure { model().chat(request) }, failure { model().stream(request).collect() })
            failures.forEach { error ->
                assertEquals(InvalidRequestException::class.java, error.javaClass, it)
                assertTrue("send the bytes" in error.message!!, error.message)
                assertFalse(it in error.message!!, error.message)
            }
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `A20 extra fields go to the top, and those of generationConfig into ours, at every depth`() = blocking {
        model().chat(
            ChatRequest {
                user("q")
                maxTokens(5)
                temperature(1.0)
                reasoning(Reasoning.budget(64).includeText(true))
                extra("safetySettings", listOf(mapOf("category" to "HARM_CATEGORY_HARASSMENT", "threshold" to "OFF")))
                extra("tools", listOf(mapOf("googleSearch" to emptyMap<String, Any>())))
                extra(
                    "generationConfig",
                    mapOf("topK" to 3, "temperature" to 0.5, "thinkingConfig" to mapOf("thinkingBudget" to 128)),
                )
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            """{"maxOutputTokens":5,"temperature":0.5,""" +
                """"thinkingConfig":{"thinkingBudget":128,"includeThoughts":true},"topK":3}""",
            seen.field("/generationConfig"),
        )
        assertEquals("OFF", seen.field("/safetySettings/0/threshold"))
        assertEquals("""[{"googleSearch":{}}]""", seen.field("/tools"))
    }

    @Test
    fun `A20 a generationConfig of extra alone is sent, and one that is no object for the API to refuse`() = blocking {
        suspend fun sent(config: Any?): String? {
            val request =
                ChatRequest {
                    user("q")
                    extra("generationConfig", config)
                }
            try {
                model().chat(request)
            } catch (_: InvalidRequestException) {
                // The response of the server does not matter here.
            }
            return Regex("\"generationConfig\":(.*)\\}$").find(server.requests.last().body)?.groupValues?.get(1)
        }
        assertEquals("""{"topK":3}""", sent(mapOf("topK" to 3)))
        assertEquals("5", sent(5))
        assertEquals(null, sent(null))
    }

    @Test
    fun `A22 effort is a thinking level, a budget is a thinking budget, and the text is asked for`() = blocking {
        suspend fun config(reasoning: Reasoning): String? {
            model().chat(
                ChatRequest {
                    user("q")
                    reasoning(reasoning)
                },
            )
            assertEquals(null, server.requests.last().rejection)
            return server.requests.last().field("/generationConfig/thinkingConfig")
        }
        mapOf(
            "NONE" to null,
            "MINIMAL" to "MINIMAL",
            "LOW" to "LOW",
            "MEDIUM" to "MEDIUM",
            "HIGH" to "HIGH",
            "MAX" to "HIGH",
        )
            .forEach { (effort, level) ->
                val expected = if (level == null) """{"thinkingBudget":0}""" else """{"thinkingLevel":"$level"}"""
                assertEquals(expected, config(Reasoning.effort(ReasoningEffort.valueOf(effort))))
            }
        assertEquals("""{"thinkingBudget":1024}""", config(Reasoning.budget(1024)))
        assertEquals(
            """{"thinkingLevel":"LOW","includeThoughts":true}""",
            config(Reasoning.effort(ReasoningEffort.LOW).includeText(true)),
        )
    }

    @Test
    fun `A22 signatures go back on the parts they came with, and blocks of other forms do not`() = blocking {
        val calls = listOf(ToolCall("c1", "f", "{}", "c2ln"), ToolCall("c2", "g", "{}"))
        model().chat(
            ChatRequest {
                user("q")
                message(
                    Message.assistant(
                        listOf(
                            ContentPart.Reasoning("foreign", "s", "anthropic"),
                            ContentPart.Reasoning("hm", "dGhv", "gemini"),
                            ContentPart.Reasoning("", "dGV4", "gemini"),
                            ContentPart.Text("Let me see."),
                            ContentPart.Reasoning("", "ZW5k", "gemini"),
                        ),
                        calls,
                    ),
                )
                message(Message.tool("c1", "r1"))
                message(Message.tool("c2", "r2"))
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals(
            """[{"text":"hm","thought":true,"thoughtSignature":"dGhv"},""" +
                """{"text":"Let me see.","thoughtSignature":"dGV4"},{"text":"","thoughtSignature":"ZW5k"},""" +
                """{"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"c2ln"},""" +
                """{"functionCall":{"id":"c2","name":"g","args":{}}}]""",
            seen.field("/contents/1/parts"),
        )
    }

    @Test
    fun `A22 the first foreign call of a round in the turn that goes on says that it has no signature`() = blocking {
        fun round(vararg calls: ToolCall) =
            listOf(Message.assistant("", calls.toList())) + calls.map { Message.tool(it.id, "r") }
        val request =
            ChatRequest {
                user("q")
                round(ToolCall("c1", "f", "{}")).forEach { message(it) }
                user("so?")
                round(ToolCall("c2", "f", "{}"), ToolCall("c3", "g", "{}")).forEach { message(it) }
                round(ToolCall("c4", "f", "{}", "c2ln"), ToolCall("c5", "g", "{}")).forEach { message(it) }
            }
        val places = listOf("1" to "0", "4" to "0", "4" to "1", "6" to "0", "6" to "1")
        mapOf(
            "gemini-3-pro-preview" to "skip_thought_signature_validator",
            "gemini-flash-latest" to "skip_thought_signature_validator",
            "gemini-2.5-flash" to null,
            "gemma-3-27b-it" to null,
        ).forEach { (name, unsigned) ->
            model(name).chat(request)
            val seen = server.requests.last()
            assertEquals(null, seen.rejection)
            val signatures = places.map { (turn, part) -> seen.field("/contents/$turn/parts/$part/thoughtSignature") }
            assertEquals(listOf(null, unsigned, null, "c2ln", null), signatures, name)
        }
    }

    @Test
    fun `A19 what is blank stands in no turn`() = blocking {
        model().chat(
            ChatRequest {
                message(Message.user(ContentPart.Text(""), ContentPart.Text("hi"), ContentPart.Text(" \n")))
                message(Message.assistant(listOf(ContentPart.Text(""), ContentPart.Text("ho")), emptyList()))
                user("so?")
            },
        )
        assertEquals(
            """[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"ho"}]},""" +
                """{"role":"user","parts":[{"text":"so?"}]}]""",
            server.requests.single().field("/contents"),
        )
    }

    @Test
    fun `A23 a cache control is passed over, since the API caches by itself`() = blocking {
        model().chat(ChatRequest { message(Message.user("hi").cached(CacheControl(null, "k"))) })
        assertEquals("""{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", server.requests.single().body)
    }

    @Test
    fun `A7 a missing key names its variable and nothing is sent`() = blocking {
        val client = client { provider("gemini") { it.baseUrl(server.url) } }
        val model = client.model("gemini::m")
        val calls =
            listOf<suspend () -> Unit>(
                { model.ask("hi") },
                { model.stream("hi").collect() },
                { client.models("gemini") },
            )
        calls.map { failure(it) }.forEach {
            assertEquals(MissingApiKeyException::class.java, it.javaClass)
            assertTrue("GEMINI_API_KEY" in it.message!!, it.message)
        }
        assertEquals(0, server.requestCount)
    }

    @Test
    fun `A7 key and base URL come from the environment, Gemini's variable before Google's`() = blocking {
        val url = "GEMINI_BASE_URL" to "${server.url}/proxy/"
        listOf(
            mapOf(url, "GEMINI_API_KEY" to "k1", "GOOGLE_API_KEY" to "k2") to "k1",
            mapOf(url, "GOOGLE_API_KEY" to "k2") to "k2",
            mapOf(url, "GEMINI_API_KEY" to " ", "GOOGLE_API_KEY" to "k2") to "k2",
        ).forEach { (environment, key) ->
            client(environment).model("gemini::m").ask("hi")
            val request = server.requests.last()
            assertEquals(key, request.header("x-goog-api-key"))
            assertEquals(null, request.header("Authorization"))
            assertEquals("/proxy/v1beta/models/m:generateContent", request.path)
            assertFalse(key in request.path + request.query)
        }
    }

    @Test
    fun `A8 a base URL that ends in a version chooses it`() = blocking {
        listOf("/v1alpha", "/v1/", "/team/v1beta").forEach { path ->
            client { provider("gemini") { it.apiKey("k").baseUrl(server.url + path) } }.model("gemini::m").ask("hi")
            assertEquals(path.trimEnd('/') + "/models/m:generateContent", server.requests.last().path)
        }
    }

    @Test
    fun `A8 a base URL may hold what the path goes on with, or where OpenAI's form is`() = blocking {
        listOf("/v1beta/models", "/v1beta/openai/", "/v1beta/openai/chat/completions", "/models").forEach { path ->
            val url = server.url + path
            client { provider("gemini") { it.apiKey("k").baseUrl(url) } }.model("gemini::m").ask("hi")
            assertEquals("/v1beta/models/m:generateContent", server.requests.last().path, path)
        }
    }

    @Test
    fun `A8 headers of the user's own replace the key without regard to case`() = blocking {
        listOf("X-Goog-Api-Key" to "mine", "authorization" to "Bearer token").forEach { (name, value) ->
            client {
                provider("gemini") { it.baseUrl(server.url).header(name, value) }
            }.model("gemini::m").ask("hi")
            assertEquals(value, server.requests.last().header(name))
        }
        assertEquals(null, server.requests.last().header("x-goog-api-key"))
        client {
            provider("gemini") { it.apiKey("k").baseUrl(server.url).header("X-Goog-Api-Key", "mine") }
        }.model("gemini::m").ask("hi")
        val sent = server.requests.last().headers.filterKeys { it.equals("x-goog-api-key", true) }
        assertEquals(listOf("mine"), sent.values.flatten())
    }

    @Test
    fun `A8 an endpoint of one's own needs its base URL and nothing else`() = blocking {
        server.allowAnonymous()
        val own =
            client(mapOf("GOOGLE_API_KEY" to "google's")) {
                provider("mine") { it.compatibleWith("gemini").baseUrl(server.url) }
            }
        assertEquals("You said: hi", own.model("mine::m").ask("hi"))
        assertEquals(null, server.requests.last().header("x-goog-api-key"))
        val keyed = client(mapOf("MINE_API_KEY" to "k2", "MINE_BASE_URL" to server.url)) {
            provider("mine") { it.compatibleWith("gemini") }
        }
        keyed.model("mine::m").ask("hi")
        assertEquals("k2", server.requests.last().header("x-goog-api-key"))
        val nowhere = client { provider("mine") { it.compatibleWith("gemini") } }
        assertThrows(IllegalArgumentException::class.java) { nowhere.model("mine::m") }
    }

    @Test
    fun `A9 the provider is found by the ServiceLoader`() {
        val found = ServiceLoader.load(ModelProvider::class.java).filter { "gemini" in it.ids }
        assertEquals(listOf(GeminiProvider::class.java), found.map { it.javaClass })
        assertEquals(setOf("gemini"), found.single().ids)
    }
}
