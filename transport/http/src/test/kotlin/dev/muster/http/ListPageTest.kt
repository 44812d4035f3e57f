package dev.muster.http

import dev.muster.error.MalformedResponseException
import io.mockk.mockk
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ListPageTest {
    private val asked = mutableListOf<String?>()

    /** Gets pages until there are no more [nexts]; each has one item unless it [isEmpty]. */
    private fun pages(nexts: Sequence<String?>, isEmpty: (Int) -> Boolean = { false }): List<Int> = runBlocking {
        val next = nexts.iterator()
        endpoint(mockk(relaxed = true), "http://x").allPages("/models", "models") { cursor ->
            val number = asked.size
            asked += cursor
            ListPage(
                if (isEmpty(number)) emptyList() else listOf(number),
                next.next(),
                WholeAnswer("page $number", null),
            )
        }
    }

    @Test
    fun `pages come until one has no next`() {
        assertEquals(listOf(0, 1, 2), pages(sequenceOf("a", "b", null)))
        assertEquals(listOf(null, "a", "b"), asked)
        assertEquals(listOf(0), ListPageTest().pages(sequenceOf("")))
    }

    @Test
    fun `some may be empty`() = assertEquals(
        listOf(2, 4),
        pages("abcd".map { "$it" }.asSequence() + null) {
            it % 2 == 1 ||
                it == 0
        },
    )

    @Test
    fun `a list that comes back to a page, or goes on with nothing on it, is malformed`() {
        listOf<Triple<Sequence<String>, (Int) -> Boolean, Int>>(
            Triple(generateSequence { "a" }, { false }, 2),
            Triple(sequenceOf("a", "b", "a"), { false }, 3),
            Triple(generateSequence(0) { it + 1 }.map { "p$it" }, { true }, 3),
        ).forEach { (nexts, isEmpty, requests) ->
            asked.clear()
            val error = assertThrows(MalformedResponseException::class.java) { pages(nexts, isEmpty) }
            assertEquals(requests, asked.size)
            assertTrue("has no end" in error.message!!, error.message)
            assertEquals("page ${requests - 1}", error.raw)
        }
    }
}
