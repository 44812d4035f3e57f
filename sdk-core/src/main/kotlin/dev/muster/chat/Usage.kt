package dev.muster.chat

/** A value that reports its token usage: a response, or a [Usage] itself. */
public abstract class HasUsage internal constructor() {
    /** The tokens used, or null if the provider did not report them. */
    @get:JvmName("usage")
    public val usage: Usage? get() = reported()

    // A property with a JVM name of its own cannot be abstract.
    @JvmSynthetic
    internal abstract fun reported(): Usage?
}

/** The tokens used by a call, as counted by the provider. A figure the provider did not send is null, never 0. */
public class Usage(
    /** Tokens in the request, including cached ones. */
    @get:JvmName("inputTokens")
    public val inputTokens: Long?,
    /** Tokens in the response, including reasoning. */
    @get:JvmName("outputTokens")
    public val outputTokens: Long?,
    /** The part of [inputTokens] read from the provider's prompt cache. */
    @get:JvmName("cachedInputTokens")
    public val cachedInputTokens: Long? = null,
    /** The part of [outputTokens] spent on reasoning. */
    @get:JvmName("reasoningTokens")
    public val reasoningTokens: Long? = null,
    total: Long? = null,
    /** The part of [inputTokens] written to the provider's prompt cache. Some providers bill it separately. */
    @get:JvmName("cacheWriteInputTokens")
    public val cacheWriteInputTokens: Long? = null,
) : HasUsage() {
    /** Input and output tokens together: the provider's figure, else their sum, else null. */
    @get:JvmName("totalTokens")
    public val totalTokens: Long? =
        total ?: if (inputTokens == null || outputTokens == null) null else inputTokens + outputTokens

    @JvmSynthetic
    override fun reported(): Usage = this

    /** Adds each figure. A figure that is null on both sides stays null. */
    public operator fun plus(other: Usage): Usage = Usage(
        inputTokens = add(inputTokens, other.inputTokens),
        outputTokens = add(outputTokens, other.outputTokens),
        cachedInputTokens = add(cachedInputTokens, other.cachedInputTokens),
        reasoningTokens = add(reasoningTokens, other.reasoningTokens),
        total = add(totalTokens, other.totalTokens),
        cacheWriteInputTokens = add(cacheWriteInputTokens, other.cacheWriteInputTokens),
    )

    /** Removes figures that cannot be right: negative ones, and those above the largest exact integer of JSON. */
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

    /** Adds usages. */
    public companion object {
        /** A usage without any figure. */
        @JvmField
        public val UNKNOWN: Usage = Usage(null, null)

        /**
         * Returns the sum of [items]. Items without usage add nothing; if no item has usage, every figure of the sum
         * is null.
         */
        @JvmStatic
        public fun sum(items: Collection<HasUsage>): Usage = items.mapNotNull { it.usage }.fold(UNKNOWN, Usage::plus)

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
