package dev.muster.java.cancel

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicNode
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.TestInstance.Lifecycle
import java.util.stream.Stream

/**
 * In every phase and with every handle, the peer sees a cancelled call close, although the peer does nothing to end it.
 * Each cell runs twenty calls, one at a time. [CancelTimesTest] measures how fast that is.
 */
class CancelTest : CancelCells()

/**
 * The same, but the calls must close at once and the canceller must not be blocked. For a quiet machine. Prints the
 * table.
 */
@Tag("quiet")
class CancelTimesTest : CancelCells() {
    private val matrix = Matrix(phases, handles)

    override fun judge(phase: Phase, handle: Handle, figures: Figures) {
        matrix.add(phase, handle, figures)
        assertEquals(emptyList<String>(), figures.problems())
    }

    @AfterAll
    fun printMatrix() {
        System.out.print(matrix)
    }
}

/**
 * Every cell exists. A collector that leaves by itself leaves at a token. In phases without tokens, it leaves because
 * another flow, merged with that of the call, has delivered what it needed.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class CancelCells {
    internal val phases = Phase.all
    internal val handles = KotlinHandles.all + JavaHandles.all()
    private val cells = phases.flatMap { phase -> handles.map { handle -> phase to handle } }
    private val open = HashMap<Pair<Phase, Handle>, Cell>()

    /** Checks how fast the calls of a cell were closed. */
    internal open fun judge(phase: Phase, handle: Handle, figures: Figures) = Unit

    @AfterAll
    fun closeAll() = open.values.forEach { it.close() }

    @TestFactory
    fun `B25 a call is closed in every phase by every handle`(): List<DynamicNode> =
        cells.groupBy { it.first }.map { (phase, cells) ->
            dynamicContainer("$phase", cells.map(::closes) + cells.filter { phase.isSilent }.map(::staysSilent))
        }

    @Test
    fun `B25 every phase of the list meets every handle`() {
        assertEquals(PHASES, phases.map { it.name }.distinct())
        assertEquals(HANDLES, handles.map { it.name }.toSet())
        val met = cells.map { (phase, handle) -> phase.name to handle.name }.toSet()
        assertEquals(PHASES.flatMap { phase -> HANDLES.map { phase to it } }.toSet(), met)
    }

    private fun closes(where: Pair<Phase, Handle>): DynamicNode {
        val (phase, handle) = where
        return dynamicTest("B25 $phase, ${handle.name} (${handle.style})") {
            val cell = Cell(phase, handle)
            open[where] = cell
            val figures = cell.run()
            if (!phase.isSilent) open.remove(where)?.close()
            judge(phase, handle, figures)
        }
    }

    private fun staysSilent(where: Pair<Phase, Handle>): DynamicNode {
        val (phase, handle) = where
        return dynamicTest("B25 $phase, ${handle.name} (${handle.style}): nothing more is sent") {
            checkNotNull(open[where]) { "the cell has not run" }.awaitQuiet()
        }
    }

    private companion object {
        val PHASES = listOf(
            "queued for a slot",
            "back-off",
            "connecting",
            "waiting for headers",
            "flowing",
            "stalled",
            "inside a tool",
        )
        val HANDLES = setOf(
            "coroutine cancel",
            "Flow collector leaving",
            "future.cancel",
            "a dependent stage's cancel",
            "orTimeout on it",
            "thread interrupt",
            "CallStream.close",
            "deadline",
            "race lost",
            "client close",
        )
    }
}
