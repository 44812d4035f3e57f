package dev.muster.samples.tests

import dev.muster.MusterClient
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Reasoning
import dev.muster.chat.ReasoningEffort
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import dev.muster.resilience.RetryPolicy
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** Checks the table of docs/models.md: what it lists is sent, and anything else is refused before it is sent. */
class CapabilityTableTest {
    private val table = Tables.rows("docs/models.md", "# What models can do besides text").associateBy { it.first() }
    private val columns = listOf("openai", "openai-responses", "anthropic", "gemini", "ollama")
    private val bytes = byteArrayOf(1)

    private fun cell(row: String, column: Int) = table.getValue(row)[column + 1]

    private class Case(val name: String, val row: String, val isSaid: (String) -> Boolean, val request: ChatRequest)

    private fun said(word: String) = { cell: String -> word in cell }

    private val anything = { cell: String -> cell != "–" }

    private fun withPart(part: ContentPart) = ChatRequest { message(Message.user(ContentPart.Text("What?"), part)) }

    private fun request(set: ChatRequest.Builder.() -> Unit) = ChatRequest { user("Hi").set() }

    private val cases = listOf(
        Case("an image by bytes", "images", said("bytes"), withPart(ContentPart.Image.of(bytes, "image/png"))),
        Case("an image by URL", "images", said("URL"), withPart(ContentPart.Image.url("https://h.example/a.png"))),
        Case(
            "a document by bytes",
            "documents",
            said("bytes"),
            withPart(ContentPart.Document.of(bytes, "application/pdf", "a.pdf")),
        ),
        Case(
            "a document by URL",
            "documents",
            said("URL"),
            withPart(ContentPart.Document.url("https://h.example/a.pdf")),
        ),
        Case(
            "an effort",
            "reasoning by effort",
            anything,
            request { reasoning(Reasoning.effort(ReasoningEffort.HIGH)) },
        ),
        Case(
            "a budget",
            "reasoning by budget",
            { it != "–" && "OpenRouter only" !in it },
            request { reasoning(Reasoning.budget(2_048)) },
        ),
        Case("stop sequences", "stop sequences", anything, request { stop(listOf("END")) }),
    )

    @Test
    fun `the columns are those of the ids`() {
        assertEquals(columns, (0 until 5).map { Tables.names(cell("id", it)).first() })
    }

    @TestFactory
    fun `what a cell names is sent, and what it does not is refused before it is`(): List<DynamicTest> =
        cases.flatMap { case ->
            columns.mapIndexed { column, id ->
                DynamicTest.dynamicTest("${case.name}, $id") {
                    assertEquals(case.isSaid(cell(case.row, column)), isSent(id, case.request))
                }
            }
        }

    @TestFactory
    fun `who has embeddings is as the table says`(): List<DynamicTest> = columns.mapIndexed { column, id ->
        DynamicTest.dynamicTest(id) {
            val has = client(ProviderTableTest.Recorder()).use { client ->
                runCatching { client.embeddingModel("$id::m") }.isSuccess
            }
            assertEquals(cell("embeddings", column) != "–", has)
        }
    }

    private fun isSent(id: String, request: ChatRequest): Boolean {
        val recorder = ProviderTableTest.Recorder()
        client(recorder).use { client ->
            try {
                runBlocking { client.model("$id::m").chat(request) }
            } catch (e: LlmException) {
                return e !is InvalidRequestException && recorder.calls.isNotEmpty()
            }
        }
        error("$id answered, but the test expects no answer")
    }

    private fun client(transport: ProviderTableTest.Recorder): MusterClient = MusterClient {
        environment(KEYS).transport(transport).retry(RetryPolicy.NONE)
    }

    private companion object {
        val KEYS = listOf("OPENAI", "ANTHROPIC", "GEMINI").associate { "${it}_API_KEY" to "k" }
    }
}
