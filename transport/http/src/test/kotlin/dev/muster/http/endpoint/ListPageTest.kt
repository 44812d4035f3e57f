package dev.muster.http.endpoint

import dev.muster.error.MalformedResponseException
import dev.muster.http.endpointAt
import dev.muster.http.transport.HttpAnswer
import dev.muster.http.transport.HttpCall
import dev.muster.http.transport.HttpTransport
import dev.muster.network.NetworkSettings
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import java.time.Duration

class ListPageTest {
    private val asked = mutableListOf<String?>()

    /** Gets pages until there are no more [nexts]; each has one item unless it [isEmpty]. */
    private fun pages(nexts: Sequence<String?>, isEmpty: (Int) -> Boolean = { false }): List<Int> = runBlocking {
        val next = nexts.iterator()
        endpointAt(Numbered(), "http://x").allPages("models", { "/models".also { _ -> asked += it } }) { call, answer ->
            val number = asked.size - 1
            assertEquals("/models" to "page $number", call.path to answer.text)
            ListPage(if (isEmpty(number)) emptyList() else listOf(number), next.next())
        }
    }

    /** Gives every page its number. */
    private inner class Numbered : HttpTransport {
        override val openExchanges: Int get() = 0
        override val network: NetworkSettings? get() = null

        override suspend fun <T> exchange(request: HttpCall, handle: suspend (HttpAnswer) -> T): T {
            val body = mutableListOf(ByteBuffer.wrap("page ${asked.size - 1}".toByteArray()))
            return handle(
                object : HttpAnswer {
                    override val status = 200

                    override fun header(name: String): String? = null

                    override suspend fun read(): List<ByteBuffer>? = body.removeFirstOrNull()?.let(::listOf)
                },
            )
        }

        override fun close() = Unit

        override fun awaitClosed(timeout: Duration): Boolean = true
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
