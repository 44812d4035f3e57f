package dev.muster

import dev.muster.agent.AgentEvent
import dev.muster.chat.ChatEvent
import dev.muster.chat.ContentPart
import dev.muster.concurrent.Outcome
import dev.muster.error.LlmException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.reflect.Modifier
import java.nio.file.Path
import kotlin.io.path.readLines

/** A new kind of event, or a new part of a value, breaks no program: see decision 23. */
class TypesThatGrowTest {
    @Test
    fun `a when over a family that grows needs an else`() {
        val growing = listOf(
            ChatEvent::class.java,
            AgentEvent::class.java,
            ContentPart::class.java,
            ContentPart.Media::class.java,
            LlmException::class.java,
        )
        growing.forEach {
            assertTrue(Modifier.isAbstract(it.modifiers), it.name)
            assertFalse(it.isSealed, it.name)
        }
        assertTrue(Outcome::class.java.isSealed)
    }

    @Test
    fun `no public constructor of a value has default arguments`() {
        var type = ""
        val found = sortedSetOf<String>()
        Path.of("api", "muster-core.api").readLines().forEach { line ->
            TYPE.find(line)?.let { type = it.groupValues[1] }
            if ("synthetic fun <init>" in line && !type.endsWith("Exception")) found += type
        }
        assertEquals(emptySet<String>(), found)
    }

    private companion object {
        val TYPE = Regex("""^public .*class (\S+)""")
    }
}
