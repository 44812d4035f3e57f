package dev.muster.test.internal

/**
 * Finds secrets in what came over the wire: as they stand, in a JSON text however it escapes them, and in the pieces in
 * which the events of a stream say them, one after another in the same place.
 */
internal class SecretSearch(private val secrets: List<String>) {
    private class Edit(val start: Int, val end: Int, val replacement: String)

    /** [parts] with [mark] where a secret began, and nothing where it went on. */
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

    /** What a place holds in one event goes on in that place of the next. */
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

    /** The beginning of a secret at the end of a text, which a stream has that was cut within it. */
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
        /** So much of the beginning of a secret is no chance. */
        const val TELLING = 8
    }
}
