package dev.muster.openai.internal

import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.codec.SseEvent
import dev.muster.http.codec.SseReader
import dev.muster.http.codec.TextFrame
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer

/** The text frame reads the same text as the decoder; everything else is left to the decoder. */
class TextFrameTest {
    private val frame = TextFrame("content")

    private fun piece(content: String, end: String = "", finish: String = "null") =
        """{"id":"c","choices":[{"index":0,"delta":{"content":"$content"},"finish_reason":$finish}]$end}"""

    private fun decoded(data: String) = PROVIDER_JSON.decodeFromString(Completion.serializer(), data).choices!!.single()

    private fun event(data: String, name: String? = null): SseEvent {
        val reader = SseReader()
        val lines = data.split("\n").joinToString("\n") { "data: $it" }
        reader.feed(ByteBuffer.wrap("${if (name == null) "" else "event: $name\n"}$lines\n\n".toByteArray()))
        check(reader.next())
        return reader
    }

    private fun learned(data: String) = frame.learn(event(data), decoded(data).onlyText!!)

    private fun textOf(data: String) = frame.textOf(event(data))

    @Test
    fun `a piece that differs only in its text is read as decoding reads it`() {
        learned(piece("Hello"))
        for (text in listOf(" ", "a", "wörld", "{\u00e9}", ",", "content", "x".repeat(1_000))) {
            assertEquals(decoded(piece(text)).onlyText, textOf(piece(text)))
        }
    }

    @Test
    fun `a piece that differs in anything else is decoded`() {
        assertNull(textOf(piece("Hello")))
        learned(piece("Hello"))
        val others =
            listOf(
                piece("a", finish = "\"stop\""),
                piece("a", end = ""","usage":{"prompt_tokens":1}"""),
                piece("a").replace("\"c\"", "\"d\""),
                piece("a").replace("\"index\":0", "\"index\":1"),
                piece("a").dropLast(1),
                piece("a") + "}",
                """{"error":{"message":"no"}}""",
                "[DONE]",
                "",
            )
        for (other in others) assertNull(textOf(other), other)
    }

    @Test
    fun `a piece under another name is decoded`() {
        learned(piece("Hello"))
        assertNull(frame.textOf(event(piece("a"), "error")))
    }

    @Test
    fun `text with escapes, quotes or control characters is decoded, and so is none`() {
        learned(piece("Hello"))
        for (text in listOf("a\\nb", "\\u00e9", "a\",\"refusal\":\"b", "a\nb", "")) {
            assertNull(textOf(piece(text)), text)
        }
    }

    @Test
    fun `only the content of the delta is taken for the text`() {
        for (end in listOf(""","more":{"content":"Hello"}""", ""","note":"say \"content\":\"Hello\""""")) {
            learned(piece("Hello", end))
            assertNull(textOf(piece("a", end)))
        }
        val reordered = """{"note":"Hello","choices":[{"delta":{"content": "Hello"}}]}"""
        learned(reordered)
        val next = """{"note":"Hello","choices":[{"delta":{"content": "a"}}]}"""
        assertEquals("a", textOf(next))
        assertNull(textOf("""{"note":"a","choices":[{"delta":{"content": "Hello"}}]}"""))
    }

    @Test
    fun `a piece that brings more than text has no text alone`() {
        val more =
            listOf(
                piece("a", finish = "\"stop\""),
                """{"choices":[{"delta":{"content":"a","refusal":"no"}}]}""",
                """{"choices":[{"delta":{"content":"a","reasoning_content":"b"}}]}""",
                """{"choices":[{"delta":{"content":"a","tool_calls":[]}}]}""",
                """{"choices":[{"delta":{"content":[{"type":"text","text":"a"}]}}]}""",
                """{"choices":[{"delta":{"content":null}}]}""",
                """{"choices":[{"delta":{"content":""}}]}""",
            )
        for (data in more) assertNull(decoded(data).onlyText, data)
    }

    @Test
    fun `where every piece has something of its own, learning ends`() {
        repeat(20) { learned(piece("Hello", ""","n":"$it"""")) }
        assertEquals("a", textOf(piece("a", ""","n":"7"""")))
        assertNull(textOf(piece("a", ""","n":"19"""")))
    }
}
