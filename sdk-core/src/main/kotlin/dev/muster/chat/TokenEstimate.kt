package dev.muster.chat

/** How many tokens [text] has, as far as one can tell without the model's own count: one for four characters. */
internal fun estimateTokens(text: CharSequence): Long = (text.length + 3L) / 4
