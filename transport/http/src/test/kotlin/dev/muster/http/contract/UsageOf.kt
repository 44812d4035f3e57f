package dev.muster.http.contract

import dev.muster.chat.Usage

/** Returns a usage with these figures, for the expectation of a test. */
fun usageOf(
    input: Long?,
    output: Long?,
    cachedInputTokens: Long? = null,
    reasoningTokens: Long? = null,
    total: Long? = null,
    cacheWriteInputTokens: Long? = null,
): Usage = Usage.builder()
    .inputTokens(input)
    .outputTokens(output)
    .cachedInputTokens(cachedInputTokens)
    .reasoningTokens(reasoningTokens)
    .totalTokens(total)
    .cacheWriteInputTokens(cacheWriteInputTokens)
    .build()
