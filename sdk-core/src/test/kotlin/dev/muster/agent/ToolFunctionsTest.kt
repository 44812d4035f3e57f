package dev.muster.agent

import dev.muster.agent.ToolScript.Companion.call
import dev.muster.agent.internal.ToolRunner
import dev.muster.chat.ToolRun
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.coroutines.EmptyCoroutineContext

/** From the arguments that a model has written to the object that a tool gets. */
class ToolFunctionsTest {
    private val team = tool("team", "Adds up the years") { team: Team ->
        team.members.sumOf { it.age } + team.guests.values.sumOf { it.age }
    }

    @Test
    fun `C1 lists and maps of classes, and what may be missing`() = runTest {
        assertEquals("42", run("""{"members":[{"name":"Ann","age":40},{"name":"Bob","age":2}]}""").result)
        assertEquals("7", run("""{"members":[],"guests":{"x":{"name":"Cid","age":7}}}""").result)
    }

    @Test
    fun `C3 a whole number may be written with a fraction`() = runTest {
        assertEquals("340", run("""{"members":[{"name":"1.0","age":40.0},{"name":"Bob","age":3e2}]}""").result)
    }

    @Test
    fun `C3 a number beyond its type is told by its place, without the rest of the arguments`() = runTest {
        val run = run("""{"members":[{"name":"Ann","age":40},{"name":"Bob","age":99999999999}]}""")
        assertTrue(run.isError)
        assertTrue(run.result.endsWith("int for input '99999999999' at path: $.members[1].age"), run.result)
    }

    private suspend fun run(arguments: String): ToolRun =
        ToolRunner(listOf(team), null).run(call("c", "team", arguments), 1, EmptyCoroutineContext)

    @Serializable
    class Team(val members: List<Person>, val guests: Map<String, Person> = emptyMap())

    @Serializable
    class Person(val name: String, val age: Int)
}
