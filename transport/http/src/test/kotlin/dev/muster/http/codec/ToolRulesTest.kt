package dev.muster.http.codec

import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.ToolCall
import dev.muster.chat.ToolDefinition
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

class ToolRulesTest {
    @Test
    fun `each call of a conversation has an id of its own`() {
        val ids = CallIds(listOf(Message.assistant("", listOf(ToolCall("call_1", "find", "{}")))))

        val given = listOf("a", "a", null, " ", "call_0", "call_1").map(ids::of)

        assertEquals(listOf("a", "call_0", "call_2", "call_3", "call_4", "call_5"), given)
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            "find_it-2 | find_it-2",
            "2find | 2find",
            "files.read | files_read",
            "größe | gr__e",
            "'' | _",
            "tenlettersandmore | tenletters",
        ],
    )
    fun `a name is sent as the API takes it`(name: String, sent: String): Unit =
        assertEquals(sent, ToolNames(most = 10).sent(name))

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = ["2find | _2find", "-find | _-find", "files.read | files.read", "f | f"])
    fun `a name may have to begin with a letter`(name: String, sent: String): Unit =
        assertEquals(sent, ToolNames(most = 10, marks = "_.:-", beginsWithLetter = true).sent(name))

    @Test
    fun `a tool's name that the API refuses is named, with the rule`() {
        val names = ToolNames(most = 10, marks = "_-", beginsWithLetter = true)

        assertNull(names.problemWith(tools("find", "_x", "tenletters")))
        for (unfit in listOf("tenlettersX", "2find", "files.read", "größe")) {
            val fault = names.problemWith(tools("find", unfit)).orEmpty()
            assertTrue("'$unfit'" in fault && "at most 10" in fault && "rename" in fault) { fault }
        }
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            "user | - | -",
            "user call:a result:a user | - | -",
            "user call:a,b result:b result:a | - | -",
            "user call:a user result:a | the call a of the tool | -",
            "user call:a call:b result:a result:b | the call a of the tool | -",
            "user call:a | the call a of the tool | the call a of the tool",
            "user call:a,b result:a | the call b of the tool | the call b of the tool",
            "user result:a | the result of the call a | the result of the call a",
            "user call:a result:a result:a | the result of the call a | the result of the call a",
            "user result:a call:a | the result of the call a | the result of the call a",
        ],
    )
    fun `each call has one result, and each result its call`(history: String, behind: String?, anywhere: String?) {
        val messages = history.split(' ').map(::message)

        assertFault(behind, ToolPairs.problemWith(messages))
        assertFault(anywhere, ToolPairs.problemWith(messages, directlyAfter = false))
    }

    private fun assertFault(beginning: String?, fault: String?) {
        if (beginning == null) assertNull(fault) else assertTrue(fault.orEmpty().startsWith(beginning)) { "$fault" }
    }

    private fun message(word: String): Message {
        val ids = word.substringAfter(':', "").split(',')
        return when (word.substringBefore(':')) {
            "call" -> Message.assistant("", ids.map { ToolCall(it, "find", "{}") })
            "result" -> Message.tool(ids.single(), "found")
            else -> Message.user(listOf(ContentPart.Text("Find it.")))
        }
    }

    private fun tools(vararg names: String) = names.map { ToolDefinition(it, "Finds.", mapOf("type" to "object")) }
}
