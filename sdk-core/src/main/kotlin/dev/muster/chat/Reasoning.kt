package dev.muster.chat

/** How much a model should think before it answers. */
public enum class ReasoningEffort {
    /** No reasoning, if the model can turn it off. */
    NONE,

    /** The least the provider offers. */
    MINIMAL,

    /** A little. */
    LOW,

    /** A medium amount. */
    MEDIUM,

    /** A lot. */
    HIGH,

    /** The most the provider offers. */
    MAX,
}

/**
 * How much a reasoning model thinks, set by [effort] or by [budgetTokens], whichever the provider supports. A provider
 * that cannot express a setting rejects the request with [dev.muster.error.InvalidRequestException]; no setting is
 * silently dropped.
 */
public class Reasoning private constructor(
    /** How much to think. Null if [budgetTokens] or the provider's default decides. */
    @get:JvmName("effort")
    public val effort: ReasoningEffort?,
    /** The maximum number of tokens for thinking. Null if [effort] or the provider's default decides. */
    @get:JvmName("budgetTokens")
    public val budgetTokens: Int?,
    /**
     * Whether to request the reasoning's text, or a summary of it, from a provider that does not send it by default.
     */
    @get:JvmName("includeText")
    public val includeText: Boolean,
) {
    /** Returns a copy with [includeText] set to [include]. */
    public fun includeText(include: Boolean): Reasoning = Reasoning(effort, budgetTokens, include)

    override fun equals(other: Any?): Boolean = other is Reasoning &&
        other.effort == effort &&
        other.budgetTokens == budgetTokens &&
        other.includeText == includeText

    override fun hashCode(): Int = listOf(effort, budgetTokens, includeText).hashCode()

    override fun toString(): String = "Reasoning(effort=$effort, budgetTokens=$budgetTokens, includeText=$includeText)"

    /** Creates settings. */
    public companion object {
        /** Returns a setting with [effort]. */
        @JvmStatic
        public fun effort(effort: ReasoningEffort): Reasoning = Reasoning(effort, null, false)

        /** Returns a setting with a maximum of [tokens] tokens for thinking. */
        @JvmStatic
        public fun budget(tokens: Int): Reasoning = Reasoning(null, tokens, false)
    }
}
