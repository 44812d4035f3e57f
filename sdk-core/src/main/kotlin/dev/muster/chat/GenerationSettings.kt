package dev.muster.chat

import java.util.Collections

/**
 * Settings of how a model writes its response. Immutable. Requests and agents hold them, and `with(settings)` of an
 * agent or a model replaces some of them for one call.
 *
 * A setting that is null or empty is not set: it is left out of the request, so the provider's default applies.
 *
 * Settings are validated when a request is sent, not when they are built. A setting that the provider's API cannot
 * express, or a number that no provider accepts, then fails the call with
 * [InvalidRequestException][dev.muster.error.InvalidRequestException].
 *
 * ```kotlin
 * val precise = GenerationSettings {
 *     temperature(0.0)
 *     maxTokens(20)
 * }
 * return agent.with(precise).ask("Name a prime.")
 * ```
 */
public class GenerationSettings private constructor(from: Setters<*>) {
    /** The sampling temperature. */
    @get:JvmName("temperature")
    public val temperature: Double? = from.temperature

    /** The probability mass for nucleus sampling. */
    @get:JvmName("topP")
    public val topP: Double? = from.topP

    /** The maximum number of tokens in the response. A response cut off by this limit has [FinishReason.LENGTH]. */
    @get:JvmName("maxTokens")
    public val maxTokens: Int? = from.maxTokens

    /** The stop sequences: the response ends at the first of them. */
    @get:JvmName("stop")
    public val stop: List<String> = from.stop

    /** The seed for repeatable sampling. */
    @get:JvmName("seed")
    public val seed: Long? = from.seed

    /** How much a reasoning model thinks. */
    @get:JvmName("reasoning")
    public val reasoning: Reasoning? = from.reasoning

    /**
     * Whether the model may or must call tools. Null: the provider's default, which is [ToolChoice.AUTO]. An agent
     * applies it to its first round. In later rounds only [ToolChoice.NONE] stays in force.
     */
    @get:JvmName("toolChoice")
    public val toolChoice: ToolChoice? = from.toolChoice

    /** Whether the model may request several tool calls in one response. Null: the provider's default. */
    @get:JvmName("parallelToolCalls")
    public val parallelToolCalls: Boolean? = from.parallelToolCalls

    /**
     * Additional top-level fields of the request's JSON, for provider options that this class does not have. Values
     * are maps, lists, strings, numbers, booleans and nulls.
     */
    @get:JvmName("extra")
    public val extra: Map<String, Any?> = from.extra

    /** Returns a builder with these settings. */
    public fun toBuilder(): Builder = Builder().settings(this)

    /**
     * Returns [base] with these settings on top. A setting that is set here replaces that of [base], and one that is
     * not set keeps it. [stop] is replaced as a whole. [extra] is merged: a field of the same name is replaced, its
     * content is not merged.
     */
    public fun over(base: GenerationSettings): GenerationSettings = base.toBuilder().settings(this).build()

    /** The settings that are set, by their names, with the values that [toString] may show. */
    private fun shown(): Map<String, Any> = buildMap {
        temperature?.let { put("temperature", it) }
        topP?.let { put("topP", it) }
        maxTokens?.let { put("maxTokens", it) }
        if (stop.isNotEmpty()) put("stop", "${stop.size} sequences")
        seed?.let { put("seed", it) }
        reasoning?.let { put("reasoning", it) }
        toolChoice?.let { put("toolChoice", it) }
        parallelToolCalls?.let { put("parallelToolCalls", it) }
        if (extra.isNotEmpty()) put("extra", extra.keys)
    }

    private fun all(): List<Any?> =
        listOf(temperature, topP, maxTokens, stop, seed, reasoning, toolChoice, parallelToolCalls, extra)

    override fun equals(other: Any?): Boolean = this === other || (other is GenerationSettings && other.all() == all())

    override fun hashCode(): Int = all().hashCode()

    /** Shows the settings that are set. Omits the stop sequences and the values of [extra], which may be private. */
    override fun toString(): String =
        shown().entries.joinToString(prefix = "GenerationSettings(", postfix = ")") { "${it.key}=${it.value}" }

    /**
     * The setters of a builder [B] that takes generation settings. Each returns the builder. Not thread-safe.
     *
     * A number can be passed as a primitive too, because Java converts an `int` to `double` and `long`, but not to
     * `Double` and `Long`.
     */
    public abstract class Setters<B : Setters<B>> protected constructor() {
        @get:JvmSynthetic
        internal var temperature: Double? = null
            private set

        @get:JvmSynthetic
        internal var topP: Double? = null
            private set

        @get:JvmSynthetic
        internal var maxTokens: Int? = null
            private set

        @get:JvmSynthetic
        internal var stop: List<String> = emptyList()
            private set

        @get:JvmSynthetic
        internal var seed: Long? = null
            private set

        @get:JvmSynthetic
        internal var reasoning: Reasoning? = null
            private set

        @get:JvmSynthetic
        internal var toolChoice: ToolChoice? = null
            private set

        @get:JvmSynthetic
        internal var parallelToolCalls: Boolean? = null
            private set

        @get:JvmSynthetic
        internal var extra: Map<String, Any?> = emptyMap()
            private set

        /** The settings as they are now, or null if one was set since. Requests built from one another share them. */
        private var current: GenerationSettings? = DEFAULT

        /** Sets the sampling temperature. Null: not set, the default. */
        public fun temperature(temperature: Double?): B = set { this.temperature = temperature }

        /** Sets the sampling temperature. */
        public fun temperature(temperature: Double): B = set { this.temperature = temperature }

        /** Sets the probability mass for nucleus sampling. Null: not set, the default. */
        public fun topP(topP: Double?): B = set { this.topP = topP }

        /** Sets the probability mass for nucleus sampling. */
        public fun topP(topP: Double): B = set { this.topP = topP }

        /**
         * Sets the maximum number of tokens in the response. A response cut off by it has [FinishReason.LENGTH]. Null:
         * not set, the default.
         */
        public fun maxTokens(maxTokens: Int?): B = set { this.maxTokens = maxTokens }

        /** Sets the stop sequences: the response ends at the first of them. An empty list: not set, the default. */
        public fun stop(stop: List<String>): B = set { this.stop = Collections.unmodifiableList(stop.toList()) }

        /** Sets the seed for repeatable sampling. Null: not set, the default. */
        public fun seed(seed: Long?): B = set { this.seed = seed }

        /** Sets the seed for repeatable sampling. */
        public fun seed(seed: Long): B = set { this.seed = seed }

        /** Sets how much a reasoning model thinks. Null: not set, the default. */
        public fun reasoning(reasoning: Reasoning?): B = set { this.reasoning = reasoning }

        /**
         * Sets whether the model may or must call tools. An agent applies it to its first round; in later rounds only
         * [ToolChoice.NONE] stays in force. Null: not set, the default.
         */
        public fun toolChoice(choice: ToolChoice?): B = set { toolChoice = choice }

        /** Sets whether the model may request several tool calls in one response. Null: not set, the default. */
        public fun parallelToolCalls(allowed: Boolean?): B = set { parallelToolCalls = allowed }

        /**
         * Adds a top-level field to the request's JSON, for provider options that have no setter. Replaces a field of
         * the same name. A null [value] is sent as JSON's null.
         */
        public fun extra(name: String, value: Any?): B = extra(mapOf(name to value))

        /** Adds [fields], each as the overload for one field does. */
        public fun extra(fields: Map<String, Any?>): B = set { extra = Collections.unmodifiableMap(extra + fields) }

        /** Sets all that is set in [settings] and keeps the rest; see [GenerationSettings.over]. */
        public fun settings(settings: GenerationSettings): B {
            val isFirst = current === DEFAULT
            settings.temperature?.let { temperature = it }
            settings.topP?.let { topP = it }
            settings.maxTokens?.let { maxTokens = it }
            if (settings.stop.isNotEmpty()) stop = settings.stop
            settings.seed?.let { seed = it }
            settings.reasoning?.let { reasoning = it }
            settings.toolChoice?.let { toolChoice = it }
            settings.parallelToolCalls?.let { parallelToolCalls = it }
            if (extra.isEmpty()) extra = settings.extra else extra(settings.extra)
            current = if (isFirst) settings else null
            return self()
        }

        /** Returns the settings as they are now. */
        protected fun settings(): GenerationSettings = current ?: GenerationSettings(this).also { current = it }

        private inline fun set(change: () -> Unit): B {
            change()
            current = null
            return self()
        }

        /** Safe: a subclass names itself as [B]. */
        @Suppress("UNCHECKED_CAST")
        private fun self(): B = this as B
    }

    /** Builds [GenerationSettings]. Not thread-safe. */
    public class Builder internal constructor() : Setters<Builder>() {
        /** Returns the settings. The builder can be used again. */
        public fun build(): GenerationSettings = settings()
    }

    /** Creates settings. */
    public companion object {
        /** Nothing set: the provider's defaults apply. */
        @JvmField
        public val DEFAULT: GenerationSettings = Builder().build()

        /** Returns a builder with nothing set. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** Builds settings: `GenerationSettings { temperature(0.2); maxTokens(50) }`. */
@JvmSynthetic
public fun GenerationSettings(build: GenerationSettings.Builder.() -> Unit): GenerationSettings =
    GenerationSettings.builder().apply(build).build()
