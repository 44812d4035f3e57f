package dev.muster.test.internal

import com.fasterxml.jackson.databind.JsonNode

/** Returns the differences between two JSON values, one line for each. */
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

        else -> {
            val (was, isNow) = shown(recorded) to shown(asked)
            // Of two long texts, show the part that differs and not the common start.
            val isLong = maxOf(was.length, isNow.length) > LONGEST
            val from = if (isLong) maxOf(0, was.commonPrefixWith(isNow).length - BEFORE) else 0
            into += "${at.ifEmpty { "the body" }}: recorded ${part(was, from)}, requested ${part(isNow, from)}"
        }
    }
}

private fun shown(node: JsonNode): String = if (node.isMissingNode) "nothing" else node.toString()

private fun part(text: String, from: Int): String {
    val before = if (from > 0) "…" else ""
    val after = if (text.length > from + LONGEST) "…" else ""
    return before + text.drop(from).take(LONGEST) + after
}

private const val LONGEST = 120
private const val BEFORE = 20
