package dev.muster.contract

import dev.muster.chat.CacheControl
import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import dev.muster.chat.Usage
import dev.muster.error.AuthenticationException
import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeRequest
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration

/**
 * What an API format can do besides text: lists of models, images and documents, reasoning, prompt cache marks, and
 * tool results that report a failure. [ToolContract] has the rest of tools, [EmbeddingContract] embeddings.
 *
 * A provider has one subclass for each API format. Its properties describe the bodies: the expected fields, by their
 * JSON pointers, with null for a field that must be missing. If the API format cannot express something, the property
 * or function returns null: the tests then require that the request is refused with an [InvalidRequestException] before
 * anything is sent.
 */
public abstract class CapabilityContract(id: String) : ProviderTest(id) {
    /** Returns the fields that [part] becomes after a text in the only message, or null if it must be refused. */
    protected abstract fun mediaFields(part: ContentPart.Media): Map<String, String?>?

    /** Returns the fields that [reasoning] becomes, or null if it must be refused. */
    protected abstract fun reasoningFields(reasoning: Reasoning): Map<String, String?>?

    /** Returns the fields of a system message "rules" and a user message "hi", both cached by [control]. */
    protected abstract fun cacheFields(control: CacheControl): Map<String, String?>

    /**
     * The usage for scripted counts of 100 input tokens, 60 of them read from the cache and 30 written, and 20 output
     * tokens, 4 of them reasoning.
     */
    protected abstract val cachedUsage: Usage

    /** What identifies the API format's reasoning blocks, or null if none are sent back. */
    protected abstract val reasoningForm: String?

    /** Whether the API format signs its reasoning, in separate blocks or on the tool calls. */
    protected open val signsReasoning: Boolean get() = reasoningForm != null

    /**
     * The fields of the second round of signed reasoning: "Let me think", then a block that only the provider can
     * read.
     */
    protected open val sentBackFields: Map<String, String?> get() = emptyMap()

    /** The fields of a tool's result "boom", the third message, which reports that the tool failed. */
    protected open val failedToolFields: Map<String, String?> get() = emptyMap()

    /** The settings that request the round trip of signed reasoning. */
    protected open val thinking: Reasoning get() = Reasoning.effort(ReasoningEffort.HIGH)

    @Test
    public fun `A10 models are listed in their order, all pages of them`(): Unit = blocking {
        val names = (1..2_345).map { "m-$it" }
        server.models(*names.toTypedArray())
        val client = client { provider(id) { it.apiKey(KEY).baseUrl(url) } }
        if (listsModels) {
            val models = client.models(id)
            assertEquals(names, models.map { it.id.model })
            assertEquals(setOf(id), models.map { it.id.provider }.toSet())
            assertEquals(listOf<String?>(null), server.requests.map { it.rejection }.distinct())
        } else {
            assertThrows<IllegalArgumentException> { client.models(id) }
            assertEquals(0, server.requestCount)
        }
    }

    @Test
    public fun `A10 a list that is refused or no list is a typed failure`(): Unit = blocking {
        if (!listsModels) return@blocking
        server.requireKey("another")
        val client = client { provider(id) { it.apiKey(KEY).baseUrl(url) } }
        val error = failure { client.models(id) }
        assertEquals(AuthenticationException::class.java, error.javaClass, error.message)
        assertEquals(id, error.provider)
        assertFalse(KEY in error.message!!, error.message)
    }

    @Test
    public fun `A19 images and documents are in the body as the form has them, or refused before sending`(): Unit =
        blocking {
            MEDIA.forEach { part ->
                val message = Message.user(ContentPart.Text("What is it?"), part)
                expect(ChatRequest { message(message) }, mediaFields(part), "$part")
            }
        }

    @Test
    public fun `A22 effort and budget are in the body as the form has them, or refused before sending`(): Unit =
        blocking {
            val all = ReasoningEffort.entries.map { Reasoning.effort(it) } + Reasoning.budget(2_048)
            (all + all.map { it.includeText(true) }).forEach { reasoning ->
                val request =
                    ChatRequest {
                        user("hi")
                        reasoning(reasoning)
                    }
                expect(request, reasoningFields(reasoning), "$reasoning")
            }
        }

    @Test
    public fun `A22 reasoning goes back unchanged with the results of tools, whole and streamed`(): Unit = blocking {
        server.on { it.messages.last().role == "user" }.reply(
            FakeReply.toolCall("c1", "now", "{}").reasoning("Let me think").encryptedReasoning("c2VjcmV0"),
        )
        server.on { it.messages.last().role == "tool" }.reply(FakeReply.text("It is noon."))
        val model = model()
        listOf<suspend (ChatRequest) -> ChatResponse>(model::chat, { streamed(model, it) }).forEach { call ->
            val first = call(toolRequest(Message.user("What time is it?")))
            assertEquals("Let me think", first.reasoning)
            assertEquals(listOf("now"), first.toolCalls.map { it.name })
            val signatures = first.reasoningParts.map { it.signature } + first.toolCalls.map { it.signature }
            assertEquals(signsReasoning, signatures.any { it != null }, "$signatures")
            first.reasoningParts.forEach { assertEquals(reasoningForm, it.apiFormat) }
            val said = first.toMessage()
            val round = arrayOf(Message.user("What time is it?"), said, Message.tool("c1", "12:00"))
            assertEquals("It is noon.", call(toolRequest(*round)).text)
            assertEquals(null, server.requests.last().rejection)
            assertFields(sentBackFields, server.requests.last(), "reasoning")
        }
    }

    @Test
    public fun `A22 reasoning that another form has made is left out`(): Unit = blocking {
        val foreign = ContentPart.Reasoning("a foreign thought", "a foreign signature", "another-form")
        val said = Message.assistant(listOf(foreign, ContentPart.Text("Hello.")), emptyList())
        model().chat(
            ChatRequest {
                messages(listOf(Message.user("hi"), said, Message.user("and?")))
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertFalse("foreign" in seen.body, seen.body)
        assertEquals(listOf("hi", "Hello.", "and?"), seen.messages.map { it.text })
    }

    @Test
    public fun `A2 a tool that failed says so`(): Unit = blocking {
        val call = Message.assistant("", listOf(ToolCall("c1", "now", "{}")))
        model().chat(
            ChatRequest {
                messages(listOf(Message.user("hi"), call, Message.tool("c1", "boom", isError = true)))
            },
        )
        val seen = server.requests.single()
        assertEquals(null, seen.rejection)
        assertEquals("boom", seen.messages.last().text)
        assertFields(failedToolFields, seen, "a failed tool")
    }

    @Test
    public fun `A23 what is worth caching is marked as the form has it`(): Unit = blocking {
        val controls =
            listOf(
                CacheControl.DEFAULT,
                CacheControl(Duration.ofMinutes(5), "a-key"),
                CacheControl(Duration.ofHours(1), "a-key"),
                CacheControl(Duration.ofHours(24)),
            )
        controls.forEach { control ->
            val request =
                ChatRequest {
                    messages(listOf(Message.system("rules").cached(control), Message.user("hi").cached(control)))
                }
            expect(request, cacheFields(control), "$control")
            assertEquals(listOf("rules", "hi"), server.requests.last().messages.map { it.text })
        }
    }

    @Test
    public fun `A23 tokens read from the cache and written to it are in the usage, whole and streamed`(): Unit =
        blocking {
            server.otherwise(FakeReply.text("x").reasoning("hm").usage(100, 20, 60, 4).cacheCreation(30))
            val request = ChatRequest.of("hi")
            assertEquals(cachedUsage, model().chat(request).usage)
            assertEquals(cachedUsage, streamed(model(), request).usage)
        }

    /**
     * Sends [request] whole and streamed and compares the bodies with [fields]. If [fields] is null, it must not be
     * sent.
     */
    private suspend fun expect(request: ChatRequest, fields: Map<String, String?>?, what: String) {
        val before = server.requestCount
        if (fields == null) {
            listOf(failure { model().chat(request) }, failure { model().stream(request).collect() }).forEach {
                assertEquals(InvalidRequestException::class.java, it.javaClass, "$what: ${it.message}")
                assertEquals(id, it.provider, what)
            }
            assertEquals(before, server.requestCount, "$what was sent")
        } else {
            model().chat(request)
            streamed(model(), request)
            server.requests.drop(before).forEach { seen ->
                assertEquals(null, seen.rejection, what)
                assertFields(fields, seen, what)
            }
        }
    }

    private fun assertFields(fields: Map<String, String?>, seen: FakeRequest, what: String) = fields.forEach {
        assertEquals(it.value, seen.field(it.key), "$what: ${it.key} of ${seen.body}")
    }

    private fun toolRequest(vararg messages: Message) = ChatRequest {
        messages(messages.asList())
        tools(listOf(ToolDefinition("now", "Tells the time", mapOf("type" to "object"))))
        reasoning(thinking)
    }

    private suspend fun streamed(model: ChatModel, request: ChatRequest) =
        (model.stream(request).toList().last() as ChatEvent.Finished).response

    /** The bytes and URLs that the tests send. */
    protected companion object {
        /** The bytes of the image and the documents, and their base64 text. */
        public const val BASE64: String = "aGVsbG8gd29ybGQ="

        /** The URL of the image. */
        public const val IMAGE_URL: String = "https://example.com/cat.png"

        /** The URL of the document. */
        public const val DOCUMENT_URL: String = "https://example.com/a.pdf"

        private val BYTES = "hello world".toByteArray()
        private val MEDIA =
            listOf(
                ContentPart.Image.of(BYTES, "image/png"),
                ContentPart.Image.url(IMAGE_URL),
                ContentPart.Document.of(BYTES, "application/pdf", "a.pdf"),
                ContentPart.Document.of(BYTES, "text/plain"),
                ContentPart.Document.url(DOCUMENT_URL, "a.pdf"),
            )
    }
}
