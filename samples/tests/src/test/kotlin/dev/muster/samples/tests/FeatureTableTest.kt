package dev.muster.samples.tests

import dev.muster.samples.tests.Promises.Promise
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** The tables of docs/features.md name tests that exist, and explain the codes at the start of tests' names. */
class FeatureTableTest {
    private val rows = SECTIONS.flatMap { Tables.rows("docs/features.md", it) }

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
            .flatMap { source -> CODES.findAll(source).map { it.groupValues[1].trim() }.toList() }
            .flatMap { it.split(' ') }
            .toSet()
        assertTrue(codes.size >= 60, codes.toString())
        assertEquals(emptySet<String>(), codes - ids.toSet())
    }

    private companion object {
        val SECTIONS = listOf(
            "## Models, messages, clients",
            "## Concurrency",
            "## Tools, structured output, resilience, batch, agents",
            "## Class paths and failures",
        )

        // A name begins with a backtick in Kotlin, with a quotation mark in Java and in tables of cases.
        val CODES = Regex("""[`"]((?:[A-D]\d{1,2} )+)""")
    }
}
