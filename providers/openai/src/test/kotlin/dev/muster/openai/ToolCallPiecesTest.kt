package dev.muster.openai

import dev.muster.chat.ToolCall
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Whatever the pieces of tool calls look like, every call is emitted once, with its own arguments. */
class ToolCallPiecesTest : Wired() {
    private class Row(val what: String, val expected: List<ToolCall>, vararg val deltas: String)

    private fun calls(vararg calls: ToolCall) = calls.asList()

    private val red = ToolCall("call_0", "paint", "{\"c\":\"red\"}")
    private val blue = ToolCall("call_1", "fill", "{\"c\":\"blue\"}")

    private val rows = listOf(
        Row(
            "whole calls on one index, without ids",
            calls(red, blue),
            """{"index":0,"function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
            """{"index":0,"function":{"name":"fill","arguments":"{\"c\":\"blue\"}"}}""",
        ),
        Row(
            "the same tool twice, without ids",
            calls(red, ToolCall("call_1", "paint", "{\"c\":\"blue\"}")),
            """{"index":0,"function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
            """{"index":0,"function":{"name":"paint","arguments":"{\"c\":\"blue\"}"}}""",
        ),
        Row(
            "several in one piece, without index and id",
            calls(red, blue),
            """{"function":{"name":"paint","arguments":"{\"c\":\"red\"}"}},""" +
                """{"function":{"name":"fill","arguments":"{\"c\":\"blue\"}"}}""",
        ),
        Row(
            "fragments that take turns on one index, known by their ids",
            calls(ToolCall("r", "paint", "{\"c\":\"red\"}"), ToolCall("b", "fill", "{\"c\":\"blue\"}")),
            """{"index":0,"id":"r","function":{"name":"paint","arguments":""}}""",
            """{"index":0,"id":"b","function":{"name":"fill","arguments":""}}""",
            """{"index":0,"id":"r","function":{"arguments":"{\"c\":"}}""",
            """{"index":0,"id":"b","function":{"arguments":"{\"c\":\"bl"}}""",
            """{"index":0,"id":"r","function":{"arguments":"\"red\"}"}},""" +
                """{"index":0,"id":"b","function":{"arguments":"ue\"}"}}""",
        ),
        Row(
            "fragments that take turns without ids, known by their names",
            calls(red, blue),
            """{"function":{"name":"paint","arguments":"{\"c\":"}},""" +
                """{"function":{"name":"fill","arguments":"{\"c\":"}}""",
            """{"function":{"name":"paint","arguments":"\"red\"}"}}""",
            """{"function":{"name":"fill","arguments":"\"blue\"}"}}""",
        ),
        Row(
            "one call on two indexes",
            calls(ToolCall("r", "paint", "{\"c\":\"red\"}")),
            """{"index":0,"id":"r","function":{"name":"paint","arguments":""}}""",
            """{"index":1,"id":"r","function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
        ),
        Row(
            "one call told twice",
            calls(ToolCall("r", "paint", "{\"c\":\"red\"}")),
            """{"index":0,"id":"r","function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
            """{"index":0,"id":"r","function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
        ),
        Row(
            "two calls with one id",
            calls(ToolCall("r", "paint", "{\"c\":\"red\"}"), ToolCall("call_0", "paint", "{\"c\":\"blue\"}")),
            """{"index":0,"id":"r","function":{"name":"paint","arguments":"{\"c\":\"red\"}"}}""",
            """{"index":1,"id":"r","function":{"name":"paint","arguments":"{\"c\":\"blue\"}"}}""",
        ),
        Row(
            "the name on every fragment, and once more at the end",
            calls(red),
            """{"index":0,"function":{"name":"paint","arguments":"{\"c\":"}}""",
            """{"index":0,"function":{"name":"paint","arguments":"\"red\"}"}}""",
            """{"index":0,"function":{"name":"paint","arguments":""}}""",
        ),
        Row(
            "no arguments at first, then those that there are",
            calls(ToolCall("r", "paint", "{\"c\":\"red\"}")),
            """{"index":0,"id":"r","function":{"name":"paint","arguments":"{}"}}""",
            """{"index":0,"function":{"arguments":"{\"c\":"}},{"index":0,"function":{"arguments":"\"red\"}"}}""",
        ),
        Row(
            "tools that take nothing",
            calls(ToolCall("call_0", "save", "{}"), ToolCall("call_1", "quit", "{}")),
            """{"index":0,"function":{"name":"save","arguments":""}}""",
            """{"index":0,"function":{"name":"quit","arguments":""}}""",
        ),
        Row(
            "an index that is null, a fraction or a text",
            calls(red, blue),
            """{"index":null,"function":{"name":"paint","arguments":"{\"c\":"}}""",
            """{"index":0.0,"function":{"arguments":"\"red\"}"}}""",
            """{"index":"1","function":{"name":"fill","arguments":"{\"c\":\"blue\"}"}}""",
        ),
        Row(
            "arguments encoded twice, in pieces and whole, and an object",
            calls(red, blue, ToolCall("call_2", "dry", "{\"min\":5}")),
            """{"index":0,"function":{"name":"paint","arguments":"\"{\\\"c\\\":"}}""",
            """{"index":0,"function":{"arguments":"\\\"red\\\"}\""}}""",
            """{"index":1,"function":{"name":"fill","arguments":"\"{\\\"c\\\":\\\"blue\\\"}\""}}""",
            """{"index":2,"function":{"name":"dry","arguments":{"min":5}}}""",
        ),
        Row(
            "name and arguments without a function around them",
            calls(red),
            """{"name":"paint","arguments":"{\"c\":\"red\"}"}""",
        ),
        Row(
            "brackets and quotes within the arguments",
            calls(ToolCall("call_0", "say", "{\"t\":\"}{ \\\"]\"}"), ToolCall("call_1", "say", "{}")),
            """{"index":0,"function":{"name":"say","arguments":"{\"t\":\"}"}}""",
            """{"index":0,"function":{"name":"say","arguments":"{ \\\"]\"}"}}""",
            """{"index":0,"function":{"name":"say","arguments":"{}"}}""",
        ),
    )

    @Test
    fun `calls are told apart`() = blocking {
        rows.forEach { row ->
            val pieces = row.deltas.map { """{"choices":[{"index":0,"delta":{"tool_calls":[$it]}}]}""" }
            val end = """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""
            assertEquals(row.expected, streamed(*pieces.toTypedArray(), end, "[DONE]").toolCalls, row.what)
        }
    }

    @Test
    fun `calls that come whole are told apart alike`() = blocking {
        rows.forEach { row ->
            val pieces = row.deltas.joinToString(",")
            val body = """{"choices":[{"message":{"tool_calls":[$pieces]},"finish_reason":"tool_calls"}]}"""
            assertEquals(row.expected, whole(body).toolCalls, row.what)
        }
    }
}
