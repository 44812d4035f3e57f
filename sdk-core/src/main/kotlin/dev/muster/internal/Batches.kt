package dev.muster.internal

/**
 * Splits [texts], in order, into batches of at most [most] texts and at most [mostTokens] tokens; null for no limit. A
 * text with more tokens gets a batch for itself: the provider decides whether to accept it.
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
 * Returns an upper estimate of the tokens of [text]. Prose has about one for four characters, code and figures one for
 * two or three, other scripts one or two for each. A batch that is too small costs one more exchange; one that is too
 * large fails the whole call.
 */
private fun tokensAtMost(text: String): Long {
    val ascii = text.count { it.code < FIRST_NOT_ASCII }
    return (ascii + 1L) / 2 + 2L * (text.length - ascii)
}

private const val FIRST_NOT_ASCII = 0x80
