package dev.muster.chat

/** Anything that knows what it cost. */
public interface HasUsage {
    /** The tokens used, or null where the provider has not said. */
    public fun usage(): Usage?
}

/**
 * Tokens a call has used, as the provider counted them. A figure the provider did not send is null, never 0.
 */
public class Usage(
    /** Tokens of the request, cached ones included. */
    @get:JvmName("inputTokens")
    public val inputTokens: Long?,
    /** Tokens of the answer, reasoning included. */
    @get:JvmName("outputTokens")
    public val outputTokens: Long?,
    /** The part of [inputTokens] read from the provider's prompt cache. */
    @get:JvmName("cachedInputTokens")
    public val cachedInputTokens: Long? = null,
    /** The part of [outputTokens] spent on reasoning. */
    @get:JvmName("reasoningTokens")
    public val reasoningTokens: Long? = null,
    total: Long? = null,
    /** The part of [inputTokens] written to the provider's prompt cache, which some bill apart. */
    @get:JvmName("cacheWriteInputTokens")
    public val cacheWriteInputTokens: Long? = null,
) : HasUsage {
    /** Input and output together: the provider's figure, else their sum, else null. */
    @get:JvmName("totalTokens")
    public val totalTokens: Long? =
        total ?: if (inputTokens == null || outputTokens == null) null else inputTokens + outputTokens

    override fun usage(): Usage = this

    /** Adds figure by figure; a figure null on both sides stays null. */
    public operator fun plus(other: Usage): Usage = Usage(
        inputTokens = add(inputTokens, other.inputTokens),
        outputTokens = add(outputTokens, other.outputTokens),
        cachedInputTokens = add(cachedInputTokens, other.cachedInputTokens),
        reasoningTokens = add(reasoningTokens, other.reasoningTokens),
        total = add(totalTokens, other.totalTokens),
        cacheWriteInputTokens = add(cacheWriteInputTokens, other.cacheWriteInputTokens),
    )

    /** This without figures that no provider can mean: below zero, or beyond what a number in JSON counts exactly. */
    @JvmSynthetic
    internal fun plausible(): Usage {
        if (figures().all { it == null || it in COUNTS }) return this
        val isSum = inputTokens != null && outputTokens != null && totalTokens == inputTokens + outputTokens
        return Usage(
            inputTokens = inputTokens.ifPlausible(),
            outputTokens = outputTokens.ifPlausible(),
            cachedInputTokens = cachedInputTokens.ifPlausible(),
            reasoningTokens = reasoningTokens.ifPlausible(),
            total = if (isSum) null else totalTokens.ifPlausible(),
            cacheWriteInputTokens = cacheWriteInputTokens.ifPlausible(),
        )
    }

    private fun Long?.ifPlausible() = takeIf { it != null && it in COUNTS }

    override fun equals(other: Any?): Boolean = other is Usage && other.figures() == figures()

    override fun hashCode(): Int = figures().hashCode()

    override fun toString(): String =
        "Usage(input=$inputTokens, output=$outputTokens, cached=$cachedInputTokens, reasoning=$reasoningTokens, " +
            "total=$totalTokens, cacheWrite=$cacheWriteInputTokens)"

    private fun figures(): List<Long?> =
        listOf(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, totalTokens, cacheWriteInputTokens)

    /** Adds usages up. */
    public companion object {
        /** Nothing known. */
        @JvmField
        public val UNKNOWN: Usage = Usage(null, null)

        /**
         * The sum over [items]; those whose usage is unknown add nothing, and where none is known every figure of the
         * sum is null.
         */
        @JvmStatic
        public fun sum(items: Collection<HasUsage>): Usage = items.mapNotNull { it.usage() }.fold(UNKNOWN, Usage::plus)

        private val COUNTS = 0..(1L shl 53)

        private fun add(a: Long?, b: Long?): Long? = if (a == null) {
            b
        } else if (b == null) {
            a
        } else {
            a + b
        }
    }
}
