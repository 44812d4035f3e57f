package dev.muster.java.cancel

import java.util.Locale

/**
 * The measured table, for people: a row for each handle, a column for each phase, "median / longest" in milliseconds.
 */
internal class Matrix(private val phases: List<Phase>, private val handles: List<Handle>) {
    private val cells = HashMap<Pair<Phase, Handle>, Figures>()

    fun add(phase: Phase, handle: Handle, figures: Figures) {
        cells[phase to handle] = figures
    }

    override fun toString(): String = buildString {
        appendLine(
            "From the cancel to the close in ms, median / longest; kept: the longest median of the cancelling call",
        )
        appendLine(row(listOf("") + phases.map { "$it" } + "kept"))
        appendLine(row(List(phases.size + 2) { "---" }))
        handles.forEach { handle -> appendLine(row(listOf("${handle.name} (${handle.style})") + figuresOf(handle))) }
    }

    private fun figuresOf(handle: Handle): List<String> {
        val figures = phases.map { cells[it to handle] }
        val kept = figures.mapNotNull { it?.kept?.median() }.maxOrNull()
        return figures.map { if (it == null) "" else "${millis(it.closed.median())} / ${millis(it.closed.max())}" } +
            (kept?.let(::millis) ?: "")
    }

    private fun row(columns: List<String>) = columns.joinToString(" | ", "| ", " |")

    private fun millis(nanos: Long) = String.format(Locale.ROOT, "%.1f", nanos / NANOS_A_MILLI)

    private companion object {
        const val NANOS_A_MILLI = 1e6
    }
}

internal fun List<Long>.median(): Long = sorted()[size / 2]
