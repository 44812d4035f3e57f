package dev.muster.java.parity

import dev.muster.java.parity.rows.allRows
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.Executors

/** B30: the table can fail. Each of three mistakes turns exactly the rows red that cover it, and no others. */
class ParitySelfTest {
    @Test
    fun `B30 a runner that joins one after another fails the rows that need overlap`() = assertRed(
        BrokenRunners.joiningOneAfterAnother(),
        """
            B1.1 B1.2 B1.3 B1.4 B1.5 B1.8 B1.9 B2.1 B13.4 B15.1 B15.4 B15.13 B18.5 B20.8
            B25.3 B25.4 B25.16 B25.17 B25.18 B25.20 A11.2 A11.6 A21.6
            B21.4 B31.8 C7.3 C11.7
        """,
    )

    @Test
    fun `B30 a runner whose cancel link is cut fails the rows that are cancelled from outside`() = assertRed(
        BrokenRunners.withTheCancelLinkCut(),
        """
            B25.1 B25.2 B25.3 B25.4 B25.5 B25.6 B25.7 B25.8 B25.9 B25.10
            B25.11 B25.12 B25.13 B25.14 B25.15 B25.16 B25.17 B25.18 B25.19 B25.20
            B25.21 B25.22 B25.23 B25.25 B25.26 B25.27 B25.28 B25.29 A21.5 C9.5
            C1.2 C1.3 C8.3 C14.2 A17.3 A13.5 C23.8
        """,
    )

    @Test
    fun `B30 a race that takes the first to settle fails the rows where a failure is the first`() = assertRed(
        BrokenRunners.racingToTheFirstThatSettles(),
        """
            B4.2 B4.3 B4.6 B4.7 B19.5 B20.2 A1.6
        """,
    )

    private fun assertRed(runner: Runner, expected: String) {
        val ids = expected.split(Regex("\\s+")).filter { it.isNotEmpty() }
        val threads = Executors.newFixedThreadPool(ROWS_AT_ONCE) { Thread(it, "parity-row").apply { isDaemon = true } }
        try {
            val results = threads.invokeAll(allRows.map { Callable { it to problems(it, runner, it.id in ids) } })
            val red = results.map { it.get() }.filter { (_, problems) -> problems.isNotEmpty() }
            assertEquals(ids.sorted(), red.map { (row, _) -> row.id }.sorted()) {
                red.filter { (row, _) -> row.id !in ids }.joinToString("\n") { (row, problems) -> "$row: $problems" }
            }
        } finally {
            threads.shutdown()
        }
    }

    /**
     * A row that must be red usually waits in vain, so it gets a shorter wait than the others. On a busy machine the
     * order of events can hide a mistake and the row is green; it then gets another try.
     */
    private fun problems(row: Row, runner: Runner, shallBeRed: Boolean): List<String> {
        repeat(if (shallBeRed) TRIES else 1) {
            val bound = if (shallBeRed) Duration.ofSeconds(2) else Duration.ofSeconds(60)
            val problems = Stage(row, runner, row.wires.first(), bound).problems()
            if (problems.isNotEmpty()) return problems
        }
        return emptyList()
    }

    private companion object {
        const val ROWS_AT_ONCE = 8
        const val TRIES = 3
    }
}
