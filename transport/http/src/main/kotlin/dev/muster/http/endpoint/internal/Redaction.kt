package dev.muster.http.endpoint.internal

/** Makes a provider's text safe for an exception message: no key, no part of the prompt, limited length. */
internal object Redaction {
    /**
     * Returns [text] without [secrets], without anything that looks like a key, and without any run of at least
     * [WINDOW] characters that also occurs in one of [prompts]. Cut to [limit] characters.
     */
    fun clean(text: String, secrets: Secrets, prompts: List<String>, limit: Int = MAX_SHOWN): String {
        // Before the cut, which might leave a part of a secret.
        var clean = secrets.hide(text).take(MAX_TEXT)
        clean = KEY.replace(clean, Secrets.HIDDEN)
        clean =
            prompts.filter {
                it.length in SHORT..WINDOW
            }.fold(clean) { now, prompt -> now.replace(prompt, Secrets.HIDDEN) }
        clean = withoutRuns(clean, prompts.filter { it.length > WINDOW })
        // Again, because a key may contain a space.
        return secrets.hide(clean.replace(BREAKS, " ")).trim().let {
            if (it.length > limit) it.take(limit) + "…" else it
        }
    }

    private fun withoutRuns(text: String, prompts: List<String>): String {
        if (prompts.isEmpty() || text.length < WINDOW) return text
        val hidden = BooleanArray(text.length)
        for (i in 0..text.length - WINDOW) {
            val window = text.substring(i, i + WINDOW)
            if (prompts.any { window in it }) hidden.fill(true, i, i + WINDOW)
        }
        return buildString {
            text.forEachIndexed { i, c ->
                if (!hidden[i]) {
                    append(c)
                } else if (i == 0 || !hidden[i - 1]) {
                    append(Secrets.HIDDEN)
                }
            }
        }
    }

    private const val MAX_TEXT = 2_000
    private const val MAX_SHOWN = 400
    private const val WINDOW = 16
    private const val SHORT = 4
    private val BREAKS = Regex("\\s+")

    // Matches sk-…, gsk_…, xai-…, also as providers mask them (sk-ab***yz), and bearer tokens.
    private val KEY = Regex("(?i)\\b(?:sk|gsk|xai|csk|fw|tgp|pk|key)[-_][\\w*.-]{6,}|\\bbearer\\s+\\S+")
}
