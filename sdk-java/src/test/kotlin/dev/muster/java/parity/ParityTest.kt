package dev.muster.java.parity

import dev.muster.java.parity.rows.allRows
import dev.muster.java.parity.rows.topics
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicNode
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/** B30: one table of cases, run in the styles suspend, future, blocking and callback. */
class ParityTest {
    private val runners = listOf(SuspendRunner(), FutureRunner(), BlockingRunner(), CallbackRunner())

    @TestFactory
    fun `B30 each row has one meaning in all four styles`(): List<DynamicNode> {
        // Rows wait more than they compute, and each has its own server, so running several at a time saves most of the
        // time.
        val threads = Executors.newFixedThreadPool(ROWS_AT_ONCE) { Thread(it, "parity-row").apply { isDaemon = true } }
        return topics.map { (topic, rows) -> dynamicContainer(topic, rows.flatMap { tests(it, threads) }) }
            .also { threads.shutdown() }
    }

    private fun tests(row: Row, threads: ExecutorService): List<DynamicNode> = row.wires.flatMap { wire ->
        val form = if (row.wires.size == 1) "" else " over ${wire.name.lowercase()}"
        runners.map { runner ->
            val result = threads.submit(Callable { Stage(row, runner, wire).problems() })
            val name = "$row$form [${runner.style}]"
            dynamicTest(name) {
                val problems = result.get()
                if (problems.isNotEmpty()) throw AssertionError(problems.joinToString("\n", "$name:\n"))
            }
        }
    }

    @Test
    fun `B30 every id stands for one row, in the order of its number`() {
        allRows.groupBy { it.id.substringBefore('.') }.forEach { (feature, rows) ->
            assertEquals((1..rows.size).map { "$feature.$it" }, rows.map { it.id })
        }
    }

    private companion object {
        const val ROWS_AT_ONCE = 8
    }
}
