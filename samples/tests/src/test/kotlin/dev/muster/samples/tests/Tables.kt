package dev.muster.samples.tests

import kotlin.io.path.readLines

/** Reads tables of the guides, for tests that compare them with the code. */
internal object Tables {
    /** Returns the rows of the first table below [heading] in [file], without its head; each row is a list of cells. */
    fun rows(file: String, heading: String): List<List<String>> {
        val lines = Guides.ROOT.resolve(file).readLines()
        val below = lines.dropWhile { it != heading }.drop(1)
        val table = below.dropWhile { !it.startsWith("|") }.takeWhile { it.startsWith("|") }
        require(table.size > 2) { "$file has no table below '$heading'" }
        return table.drop(2).map { row -> row.trim('|').split(" | ").map { it.trim() } }
    }

    /** Returns the code spans in [cell]. */
    fun names(cell: String): List<String> = NAME.findAll(cell).map { it.groupValues[1] }.toList()

    private val NAME = Regex("`([^`]+)`")
}
