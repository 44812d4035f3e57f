package dev.muster.samples.tests

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
            assertTrue(tests.isNotEmpty(), row.toString())
            val missing = tests.filterNot { Promises.isTest(it.substringBefore('.'), it.substringAfter('.')) }
            assertEquals(emptyList<String>(), missing)
        }
    }

    @Test
    fun `each code in the name of a test is a row`() {
        val ids = rows.map { it.first() }
        assertEquals(ids.distinct(), ids)
        val codes = Promises.sources().flatMap(CODES::findAll).flatMap { it.groupValues[1].trim().split(' ') }.toSet()
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
