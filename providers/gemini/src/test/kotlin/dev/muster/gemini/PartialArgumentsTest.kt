package dev.muster.gemini

import dev.muster.chat.FinishReason
import dev.muster.chat.ToolCall
import dev.muster.error.MalformedResponseException
import dev.muster.error.StreamTruncatedException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Arguments of tool calls that arrive value by value. */
class PartialArgumentsTest : Wired() {
    private fun call(fields: String) = """{"functionCall":{$fields}}"""

    private fun piece(path: String, kind: String, value: String) = """{"jsonPath":"$path","$kind":$value}"""

    private fun words(path: String, value: String, goesOn: Boolean = false) =
        piece(path, "stringValue", "\"$value\"").dropLast(1) + if (goesOn) ""","willContinue":true}""" else "}"

    private fun pieces(vararg pieces: String) = call(""""partialArgs":[${pieces.joinToString()}],"willContinue":true""")

    private val begin = call(""""id":"c1","name":"book","willContinue":true""")
    private val end = call("")

    @Test
    fun `values of every kind become one call with whole arguments, strings from all their pieces`() = blocking {
        val parts =
            listOf(
                begin,
                pieces(words("$.hotel.name", "Haf", goesOn = true)),
                pieces(words("$.hotel.name", "en 7", goesOn = true), piece("$.nights", "numberValue", "3")),
                pieces(words("$.hotel.name", ""), piece("$.sea", "boolValue", "true")),
                pieces(
                    piece("$.note", "nullValue", "\"NULL_VALUE\""),
                    piece("$.guests[1].age", "numberValue", "\"4.5\""),
                ),
                pieces(piece("$.guests[0].age", "numberValue", "40"), words("$['a.b'][0]", "x")),
                end,
            )
        val expected =
            ToolCall(
                "c1",
                "book",
                """{"hotel":{"name":"Hafen 7"},"nights":3,"sea":true,"note":null,""" +
                    """"guests":[{"age":40},{"age":4.5}],"a.b":["x"]}""",
            )
        val streamed = streamed(*parts.map { answer(it, null) }.toTypedArray(), answer(text("")))
        val oneEvent = streamed(answer(parts.joinToString()))
        listOf(streamed, oneEvent, whole(answer(parts.joinToString()))).forEach {
            assertEquals(listOf(expected), it.toolCalls)
            assertEquals(FinishReason.TOOL_CALLS, it.finishReason)
        }
    }

    @Test
    fun `calls are told apart by their ids, and a call in one piece stands beside one in many`() = blocking {
        val value = piece("$.x", "numberValue", "1")
        val rows =
            listOf(
                // One after the other.
                listOf(begin, pieces(value), end, call(""""id":"c2","name":"book","args":{"x":2}""")),
                // The second call starts while the first is open, and each piece names its call.
                listOf(
                    begin,
                    call(""""id":"c2","name":"book","willContinue":true"""),
                    call(""""id":"c1","partialArgs":[$value]"""),
                    call(""""id":"c2","partialArgs":[${piece("$.x", "numberValue", "2")}]"""),
                ),
                // The last value arrives with the end.
                listOf(begin, call(""""partialArgs":[$value]"""), call(""""id":"c2","name":"book","args":{"x":2}""")),
                // All values arrive with the name.
                listOf(
                    call(""""id":"c1","name":"book","partialArgs":[$value]"""),
                    call(""""id":"c2","name":"book","args":{"x":2}"""),
                ),
            )
        val calls = listOf(ToolCall("c1", "book", """{"x":1}"""), ToolCall("c2", "book", """{"x":2}"""))
        rows.forEach { parts ->
            assertEquals(calls, streamed(*parts.map { answer(it, null) }.toTypedArray(), answer("")).toolCalls)
            assertEquals(calls, whole(answer(parts.joinToString())).toolCalls)
        }
    }

    @Test
    fun `a call without arguments, and signatures, come through`() = blocking {
        val signed = begin.dropLast(1) + ""","thoughtSignature":"c2ln"}"""
        val response = streamed(answer(signed, null), answer(end))
        assertEquals(listOf(ToolCall("c1", "book", "{}", "c2ln")), response.toolCalls)
    }

    @Test
    fun `a stream that ends within a call is truncated, with its text`() = blocking {
        val half = pieces(words("$.name", "Ha", goesOn = true))
        listOf(null, "STOP").forEach { finish ->
            val failed = failure { streamed(answer(text("I book."), null), answer("$begin,$half", finish)) }
            assertEquals(StreamTruncatedException::class.java, failed.javaClass)
            assertEquals("I book.", failed.partialText)
        }
        val whole = failure { whole(answer("$begin,$half")) }
        assertEquals(StreamTruncatedException::class.java, whole.javaClass)
    }

    @Test
    fun `arguments that the token limit has cut do not pass for whole ones`() = blocking {
        val half = pieces(words("$.name", "Ha", goesOn = true))
        val parts = "$begin,$half"
        listOf(whole(answer(parts, "MAX_TOKENS")), streamed(answer(parts, "MAX_TOKENS"))).forEach {
            assertEquals(listOf(ToolCall("c1", "book", """{"name":"Ha"""")), it.toolCalls)
            assertEquals(FinishReason.LENGTH, it.finishReason)
        }
    }

    @Test
    fun `a path that says no place is malformed, and nothing is left out for it`() = blocking {
        listOf("", "$", "name", "$..name", "$.a[*]", "$.a[-1]", "$" + ".a".repeat(300)).forEach { path ->
            val body = answer(begin + "," + pieces(piece(path, "boolValue", "false")) + "," + end)
            val failed = failure { streamed(body) }
            assertEquals(MalformedResponseException::class.java, failed.javaClass, path)
            assertTrue("tool call" in failed.message!!, failed.message)
        }
    }
}
