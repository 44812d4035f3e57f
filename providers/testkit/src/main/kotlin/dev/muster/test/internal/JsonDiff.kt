package dev.muster.test.internal

import com.fasterxml.jackson.databind.JsonNode

/** Where two JSON texts differ, a line for each place. */
internal fun differences(recorded: JsonNode, asked: JsonNode): List<String> =
    ArrayList<String>().also { collect("", recorded, asked, it) }

private fun collect(at: String, recorded: JsonNode, asked: JsonNode, into: MutableList<String>) {
    when {
        recorded == asked -> Unit

        recorded.isObject && asked.isObject -> {
            val names = (recorded.fieldNames().asSequence() + asked.fieldNames().asSequence()).toSortedSet()
            names.forEach { collect("$at/$it", recorded.path(it), asked.path(it), into) }
        }

        recorded.isArray && asked.isArray ->
            (0 until maxOf(recorded.size(), asked.size())).forEach {
                collect("$at/$it", recorded.path(it), asked.path(it), into)
            }

        else -> into += "${at.ifEmpty { "the body" }}: recorded ${shown(recorded)}, asked for ${shown(asked)}"
    }
}

private fun shown(node: JsonNode): String {
    val text = if (node.isMissingNode) "nothing" else node.toString()
    return if (text.length <= LONGEST) text else text.take(LONGEST) + "…"
}

private const val LONGEST = 120
