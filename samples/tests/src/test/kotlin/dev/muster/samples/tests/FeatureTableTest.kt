package dev.muster.samples.tests

import dev.muster.samples.tests.Promises.Promise
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import kotlin.io.path.readLines

/** The tables of docs/features.md name tests that exist, and explain the codes at the start of tests' names. */
class FeatureTableTest {
    private val rows = TABLES.values.flatMap { Tables.rows(PAGE, it) }

    @TestFactory
    fun `each feature names tests that there are`(): List<DynamicTest> = rows.map { row ->
        DynamicTest.dynamicTest(row.first()) {
            val tests = Tables.names(row.last())
                .map { Promise(row[1], it.substringBefore('.'), it.substringAfter('.')) }
            assertTrue(tests.isNotEmpty(), row.toString())
            assertEquals(emptyList<Promise>(), tests.filterNot(Promises::isTest))
        }
    }

    @Test
    fun `each code in the name of a test is a row`() {
        val ids = rows.map { it.first() }
        assertEquals(ids.distinct(), ids)
        val codes = Promises.sources()
            .flatMap { source -> CODES.findAll(source).flatMap { it.groupValues.drop(1) }.toList() }
            .flatMap { it.uppercase().split(' ') }
            .filter { it.isNotEmpty() }
            .toSet()
        assertTrue(codes.size >= 75, codes.toString())
        assertEquals(emptySet<String>(), codes - ids.toSet())
    }

    @Test
    fun `each letter names a table and is explained`() {
        val lines = Guides.ROOT.resolve(PAGE).readLines()
        assertEquals(TABLES.values.toList(), lines.filter { it.startsWith("## ") })
        val head = lines.takeWhile { !it.startsWith("## ") }.joinToString(" ")
        TABLES.forEach { (letter, heading) ->
            assertEquals(setOf(letter), Tables.rows(PAGE, heading).map { it.first().take(1) }.toSet(), heading)
            assertTrue("$letter for " in head, letter)
        }
    }

    private companion object {
        const val PAGE = "docs/features.md"

        /** The letter of the ids in each table, and the heading above it. */
        val TABLES = mapOf(
            "A" to "## Models, messages, clients",
            "B" to "## Concurrency",
            "C" to "## Tools, structured output, resilience, batch, agents",
            "D" to "## Class paths and failures",
        )

        // A name begins with a backtick in Kotlin, with a quotation mark in Java and in tables of cases, where a number
        // may follow (B16.3). Methods in Java begin with the code in lower case.
        val CODES = Regex("""[`"]((?:[A-Z]\d{1,2} )+)|"([A-Z]\d{1,2})\.\d|\b(?:fun|void) ([a-z]\d{1,2})(?=[A-Z])""")
    }
}
