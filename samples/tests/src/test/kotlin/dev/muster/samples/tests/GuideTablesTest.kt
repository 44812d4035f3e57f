package dev.muster.samples.tests

import dev.muster.config.ConfigSource
import dev.muster.config.MusterConfig
import dev.muster.error.LlmException
import dev.muster.java.Call
import dev.muster.java.Calls
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.lang.reflect.Modifier
import java.nio.file.Path
import kotlin.io.path.readText

/** Compares tables of the guides with the code. */
class GuideTablesTest {
    @Test
    fun `each kind of failure is in the table of errors, which says whether it is retried`() {
        val rows = Tables.rows("docs/errors.md", "## What a call throws")
        val said = rows.associate { Tables.names(it[0]).single() to it[2] }
        val kinds = Guides.files("$CORE/error").flatMap(Guides::types).map { it.name }
            .map { Class.forName("dev.muster.error.$it") }
            .filter { Throwable::class.java.isAssignableFrom(it) && it != LlmException::class.java }
        assertEquals(kinds.map { it.simpleName }.toSet(), said.keys)
        kinds.filter { LlmException::class.java.isAssignableFrom(it) && !Modifier.isAbstract(it.modifiers) }
            .mapNotNull { kind -> kind.constructors.find { it.parameterTypes.toList() == listOf(String::class.java) } }
            .map { it.newInstance("said") as LlmException }
            .forEach { failure ->
                val cell = said.getValue(failure.javaClass.simpleName)
                assertTrue(cell.startsWith(if (failure.isRetryable) "yes" else "no"), "$cell ${failure.javaClass}")
            }
    }

    @Test
    fun `each logger and its levels are in the table of loggers`() {
        val said = Tables.rows("docs/logging.md", "# Logging")
            .flatMap { row -> row[1].split(", ").map { Tables.names(row[0]).single() to it } }
        val used = LOGGING.flatMap { Guides.files("$it/src/main") }.flatMap(::loggers)
        assertEquals(used.toSortedSet(compareBy { "$it" }), said.toSortedSet(compareBy { "$it" }))
    }

    private fun loggers(file: Path): List<Pair<String, String>> {
        val text = file.readText()
        val (named, type) = LOGGER.find(text)?.destructured ?: return emptyList()
        val imported = Regex("""^import ([\w.]+\.$type);?$""", RegexOption.MULTILINE).find(text)?.groupValues?.get(1)
        val name = named.ifEmpty { imported ?: (PACKAGE.find(text)!!.groupValues[1] + "." + type) }
        return LEVEL.findAll(text).map { name to it.groupValues[1].uppercase() }.distinct().toList()
    }

    @Test
    fun `all that the Kotlin guides import of Muster is in the table of imports`() {
        val said = Tables.rows("docs/kotlin.md", "## What to import")
            .flatMap { row -> Tables.names(row[1]).map { Tables.names(row[0]).single() + "." + it } }
        val used = listOf("main", "test").flatMap { Guides.files("samples/kotlin/src/$it/kotlin/$GUIDE") }
            .flatMap { file -> IMPORT.findAll(file.readText()).map { it.groupValues[1] } }
        assertEquals(used.toSortedSet(), said.toSortedSet())
        assertEquals(said.size, said.toSet().size, "a name appears twice")
    }

    @Test
    fun `the operators that the guide names are there, in both languages`() {
        val rows = Tables.rows("docs/operators.md", "# Operators")
        val functions = listOf("concurrent", "batch", "resilience").flatMap { Guides.files("$CORE/$it") }
            .flatMap(Guides::operators).map { it.substringAfterLast('.') }.toSet() + KOTLINS_OWN
        assertEquals(emptyList<String>(), rows.flatMap { Tables.names(it[1]) }.filter { it !in functions })
        val methods = Calls::class.java.methods.map { "Calls.${it.name}" } +
            Call::class.java.methods.map { "call.${it.name}" }
        assertEquals(emptyList<String>(), rows.flatMap { Tables.names(it[2]) }.filter { it !in methods })
    }

    @Test
    fun `all settings that stand alone are in the table, with their defaults`() {
        val said = Tables.rows("docs/configuration.md", "## All settings").flatMap { row ->
            val defaults = Tables.names(row[2]).ifEmpty { listOf("–") }
            Tables.names(row[0]).mapIndexed { at, key -> key to defaults[minOf(at, defaults.lastIndex)] }
        }.filter { (key, _) -> "ID" !in key }.toMap()
        val config = MusterConfig.builder().environment(emptyMap()).build()
        val defaults = config.settings.filter { it.source == ConfigSource.DEFAULT }.associate { it.key to it.value }
        assertEquals(defaults, said.filterValues { it != "–" })
        // An unknown key would be refused.
        said.keys.forEach { MusterConfig.builder().environment(emptyMap()).set(it, EXAMPLES[it] ?: "1").build() }
    }

    private companion object {
        const val CORE = "sdk-core/src/main/kotlin/dev/muster"
        const val GUIDE = "dev/muster/samples/kotlin/guide"
        val LOGGING = listOf("sdk-core", "sdk-java", "transport/http", "transport/ktor", "providers/openai") +
            listOf("providers/anthropic", "providers/gemini", "providers/ollama")
        val LOGGER = Regex("""getLogger\((?:"([^"]+)"|(\w+)(?:::class\.java|\.class))\)""")
        val LEVEL = Regex("""\b(?:LOG|log|java\))\.(debug|info|warn|error)\(""")
        val PACKAGE = Regex("""^package ([\w.]+)""", RegexOption.MULTILINE)
        val IMPORT = Regex("""^import (dev\.muster\.[\w.]+)""", RegexOption.MULTILINE)
        val KOTLINS_OWN = setOf("async", "try", "catch")
        val EXAMPLES = mapOf("default-model" to "openai::m", "http.proxy" to "none", "http.version" to "2") +
            listOf("total", "attempt", "connect", "first-token", "between-tokens").associate {
                "timeouts.$it" to "1s"
            } +
            listOf("first-backoff", "max-backoff", "max-retry-after").associate { "retries.$it" to "1s" }
    }
}
