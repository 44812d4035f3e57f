package dev.muster.test.internal

/**
 * Finds secrets in text from the wire: in plain text, in JSON strings whatever their escapes, and split over several
 * events of a stream, in the same JSON field of each.
 */
internal class SecretSearch(private val secrets: List<String>) {
    private class Edit(val start: Int, val end: Int, val replacement: String)

    /** Returns [parts] with [mark] at the start of each secret, and its rest removed. */
    fun hide(parts: List<String>, mark: String): List<String> {
        if (secrets.isEmpty()) return parts
        val whole = parts.joinToString("")
        val edits = merged(asTheyStand(whole, mark) + inStrings(parts, mark))
        if (edits.isEmpty()) return parts
        var at = 0
        return parts.map { part ->
            val start = at
            at += part.length
            applied(part, start, edits)
        }
    }

    private fun asTheyStand(text: String, mark: String): List<Edit> =
        found(text).map { Edit(it.first, it.last + 1, mark) }

    /** A string in one event may continue in the same field of the next event. */
    private fun inStrings(parts: List<String>, mark: String): List<Edit> {
        var at = 0
        val strings = parts.flatMap { part -> JsonStrings.of(part, at).also { at += part.length } }
        val runs = strings.groupBy { it.place }.values + strings.groupBy { it.numberedPlace }.values
        return runs.flatMap { run -> edits(run, mark) }
    }

    private fun edits(run: List<JsonString>, mark: String): List<Edit> {
        val text = run.joinToString("") { it.text }
        return (found(text) + listOfNotNull(brokenOff(text))).flatMap { range ->
            var start = 0
            run.mapNotNull { string ->
                val from = maxOf(range.first, start) - start
                val to = minOf(range.last + 1, start + string.text.length) - start
                val isFirst = range.first >= start
                start += string.text.length
                if (from >= to) null else Edit(string.offset(from), string.offset(to), if (isFirst) mark else "")
            }
        }
    }

    private fun found(text: String): List<IntRange> = secrets.flatMap { secret ->
        generateSequence(text.indexOf(secret)) { text.indexOf(secret, it + 1) }
            .takeWhile { it >= 0 }
            .map { it until it + secret.length }
            .toList()
    }

    /** Finds the start of a secret at the end of [text], as in a stream that was cut inside a secret. */
    private fun brokenOff(text: String): IntRange? = secrets
        .mapNotNull { secret -> (secret.length - 1 downTo TELLING).firstOrNull { text.endsWith(secret.take(it)) } }
        .maxOrNull()
        ?.let { text.length - it until text.length }

    private fun merged(edits: List<Edit>): List<Edit> {
        val merged = ArrayList<Edit>()
        edits.sortedWith(compareBy({ it.start }, { it.replacement.isEmpty() })).forEach { edit ->
            val last = merged.lastOrNull()
            if (last == null || edit.start >= last.end) {
                merged += edit
            } else {
                merged[merged.size - 1] = Edit(last.start, maxOf(last.end, edit.end), last.replacement)
            }
        }
        return merged
    }

    private fun applied(part: String, start: Int, edits: List<Edit>): String {
        val text = StringBuilder()
        var at = 0
        for (edit in edits) {
            val from = (edit.start - start).coerceIn(at, part.length)
            val to = (edit.end - start).coerceIn(at, part.length)
            if (from == to) continue
            text.append(part, at, from)
            if (edit.start >= start) text.append(edit.replacement)
            at = to
        }
        return text.append(part, at, part.length).toString()
    }

    private companion object {
        /** A prefix of a secret of this length is not a coincidence. */
        const val TELLING = 8
    }
}
