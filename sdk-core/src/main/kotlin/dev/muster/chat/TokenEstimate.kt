package dev.muster.chat

/** Estimates the number of tokens in [text] without the model's tokenizer: one token for four characters. */
internal fun estimateTokens(text: CharSequence): Long = (text.length + 3L) / 4
