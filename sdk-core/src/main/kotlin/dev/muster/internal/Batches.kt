package dev.muster.internal

/**
 * Cuts [texts] into batches of [most] texts at most, in order, which have [mostTokens] together at most, where that is
 * limited. A text that has more by itself stands alone: the provider says what it makes of it.
 */
internal fun batches(texts: List<String>, most: Int, mostTokens: Long?): List<List<String>> {
    if (mostTokens == null) return texts.chunked(most)
    val batches = ArrayList<List<String>>()
    var start = 0
    var tokens = 0L
    texts.forEachIndexed { at, text ->
        val more = tokensAtMost(text)
        if (at > start && (at - start == most || tokens + more > mostTokens)) {
            batches += texts.subList(start, at)
            start = at
            tokens = 0
        }
        tokens += more
    }
    batches += texts.subList(start, texts.size)
    return batches
}

/**
 * How many tokens [text] may have. Prose has one for some four characters, code and figures one for two or three, other
 * scripts one for each or two: a batch that is too small costs an exchange, one that is too large the whole call.
 */
private fun tokensAtMost(text: String): Long {
    val ascii = text.count { it.code < FIRST_NOT_ASCII }
    return (ascii + 1L) / 2 + 2L * (text.length - ascii)
}

private const val FIRST_NOT_ASCII = 0x80
