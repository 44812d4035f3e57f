package dev.muster.chat

/** How much a model should think before it answers. */
public enum class ReasoningEffort {
    /** Not at all, where the model can be told so. */
    NONE,

    /** As little as the provider offers. */
    MINIMAL,

    /** A little. */
    LOW,

    /** Some. */
    MEDIUM,

    /** Much. */
    HIGH,

    /** As much as the provider offers. */
    MAX,
}

/**
 * How a reasoning model thinks: by [effort] or by [budgetTokens], as the provider has it. What a provider cannot
 * express is refused with [dev.muster.error.InvalidRequestException] and never silently dropped.
 */
public class Reasoning private constructor(
    /** How much to think, or null where [budgetTokens] or the provider's default says it. */
    @get:JvmName("effort")
    public val effort: ReasoningEffort?,
    /** The most tokens to think with, or null where [effort] or the provider's default says it. */
    @get:JvmName("budgetTokens")
    public val budgetTokens: Int?,
    /** Whether the reasoning's text, or a summary of it, is asked for where the provider sends none unasked. */
    @get:JvmName("includeText")
    public val includeText: Boolean,
) {
    /** The same, with [includeText] as given. */
    public fun includeText(include: Boolean): Reasoning = Reasoning(effort, budgetTokens, include)

    override fun equals(other: Any?): Boolean = other is Reasoning &&
        other.effort == effort &&
        other.budgetTokens == budgetTokens &&
        other.includeText == includeText

    override fun hashCode(): Int = listOf(effort, budgetTokens, includeText).hashCode()

    override fun toString(): String = "Reasoning(effort=$effort, budgetTokens=$budgetTokens, includeText=$includeText)"

    /** Makes settings. */
    public companion object {
        /** Thinks as much as [effort] says. */
        @JvmStatic
        public fun effort(effort: ReasoningEffort): Reasoning = Reasoning(effort, null, false)

        /** Thinks with [tokens] tokens at most. */
        @JvmStatic
        public fun budget(tokens: Int): Reasoning = Reasoning(null, tokens, false)
    }
}
