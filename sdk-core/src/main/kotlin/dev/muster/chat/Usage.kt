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
public class Usage private constructor(builder: Builder) : HasUsage() {
    /** Creates a usage with these two figures. */
    public constructor(inputTokens: Long?, outputTokens: Long?) :
        this(Builder().inputTokens(inputTokens).outputTokens(outputTokens))

    /** Tokens in the request, including cached ones. */
    @get:JvmName("inputTokens")
    public val inputTokens: Long? = builder.inputTokens

    /** Tokens in the response, including reasoning. */
    @get:JvmName("outputTokens")
    public val outputTokens: Long? = builder.outputTokens

    /** The part of [inputTokens] read from the provider's prompt cache. */
    @get:JvmName("cachedInputTokens")
    public val cachedInputTokens: Long? = builder.cachedInputTokens

    /** The part of [outputTokens] spent on reasoning. */
    @get:JvmName("reasoningTokens")
    public val reasoningTokens: Long? = builder.reasoningTokens

    /** The part of [inputTokens] written to the provider's prompt cache. Some providers bill it separately. */
    @get:JvmName("cacheWriteInputTokens")
    public val cacheWriteInputTokens: Long? = builder.cacheWriteInputTokens

    /** Input and output tokens together: the provider's figure, else their sum, else null. */
    @get:JvmName("totalTokens")
    public val totalTokens: Long? =
        builder.totalTokens ?: if (inputTokens == null || outputTokens == null) null else inputTokens + outputTokens

    @JvmSynthetic
    override fun reported(): Usage = this

    /** Adds each figure. A figure that is null on both sides stays null. */
    public operator fun plus(other: Usage): Usage = builder()
        .inputTokens(add(inputTokens, other.inputTokens))
        .outputTokens(add(outputTokens, other.outputTokens))
        .cachedInputTokens(add(cachedInputTokens, other.cachedInputTokens))
        .reasoningTokens(add(reasoningTokens, other.reasoningTokens))
        .totalTokens(add(totalTokens, other.totalTokens))
        .cacheWriteInputTokens(add(cacheWriteInputTokens, other.cacheWriteInputTokens))
        .build()

    /** Removes figures that cannot be right: negative ones, and those above the largest exact integer of JSON. */
    @JvmSynthetic
    internal fun plausible(): Usage {
        if (figures().all { it == null || it in COUNTS }) return this
        val isSum = inputTokens != null && outputTokens != null && totalTokens == inputTokens + outputTokens
        return builder()
            .inputTokens(inputTokens.ifPlausible())
            .outputTokens(outputTokens.ifPlausible())
            .cachedInputTokens(cachedInputTokens.ifPlausible())
            .reasoningTokens(reasoningTokens.ifPlausible())
            .totalTokens(if (isSum) null else totalTokens.ifPlausible())
            .cacheWriteInputTokens(cacheWriteInputTokens.ifPlausible())
            .build()
    }

    private fun Long?.ifPlausible() = takeIf { it != null && it in COUNTS }

    override fun equals(other: Any?): Boolean = other is Usage && other.figures() == figures()

    override fun hashCode(): Int = figures().hashCode()

    override fun toString(): String =
        "Usage(input=$inputTokens, output=$outputTokens, cached=$cachedInputTokens, reasoning=$reasoningTokens, " +
            "total=$totalTokens, cacheWrite=$cacheWriteInputTokens)"

    private fun figures(): List<Long?> =
        listOf(inputTokens, outputTokens, cachedInputTokens, reasoningTokens, totalTokens, cacheWriteInputTokens)

    /** Builds a [Usage]. Every figure is null at first. Not thread-safe. */
    public class Builder internal constructor() {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var inputTokens: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var outputTokens: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var cachedInputTokens: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var reasoningTokens: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var totalTokens: Long? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var cacheWriteInputTokens: Long? = null

        /** Sets [Usage.inputTokens]. */
        public fun inputTokens(tokens: Long?): Builder = apply { inputTokens = tokens }

        /** Sets [Usage.outputTokens]. */
        public fun outputTokens(tokens: Long?): Builder = apply { outputTokens = tokens }

        /** Sets [Usage.cachedInputTokens]. */
        public fun cachedInputTokens(tokens: Long?): Builder = apply { cachedInputTokens = tokens }

        /** Sets [Usage.reasoningTokens]. */
        public fun reasoningTokens(tokens: Long?): Builder = apply { reasoningTokens = tokens }

        /** Sets [Usage.totalTokens]. Default: the sum of input and output tokens, if both are known. */
        public fun totalTokens(tokens: Long?): Builder = apply { totalTokens = tokens }

        /** Sets [Usage.cacheWriteInputTokens]. */
        public fun cacheWriteInputTokens(tokens: Long?): Builder = apply { cacheWriteInputTokens = tokens }

        /** Returns the usage. */
        public fun build(): Usage = Usage(this)
    }

    /** Creates and adds usages. */
    public companion object {
        /** Returns a builder without any figure. */
        @JvmStatic
        public fun builder(): Builder = Builder()

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
