package dev.muster.chat

/**
 * Names a model of a provider, written `provider::model`.
 *
 * `provider:model` and `provider/model` are read as well where the first part is a known provider. The earliest
 * delimiter splits, so `ollama::gemma3:latest` is the model `gemma3:latest` and `openrouter::openai/gpt-4o` the model
 * `openai/gpt-4o`.
 */
public class ModelId private constructor(
    /** The provider's id, lower case: `openai`, `ollama`, `groq`. */
    @get:JvmName("provider")
    public val provider: String,
    /** The model's name as the provider knows it, sent unchanged. */
    @get:JvmName("model")
    public val model: String,
) {
    override fun equals(other: Any?): Boolean = other is ModelId && other.provider == provider && other.model == model

    override fun hashCode(): Int = 31 * provider.hashCode() + model.hashCode()

    override fun toString(): String = "$provider::$model"

    /** Makes ids. */
    public companion object {
        private const val CANONICAL = "::"

        /**
         * The id of [model] at [provider].
         *
         * @throws IllegalArgumentException where one of the two is blank
         */
        @JvmStatic
        public fun of(provider: String, model: String): ModelId {
            require(provider.isNotBlank()) { "The provider of a model id is blank: '$provider$CANONICAL$model'" }
            require(model.isNotBlank()) { "The model of a model id is blank: '$provider$CANONICAL$model'" }
            return ModelId(provider.trim().lowercase(), model.trim())
        }

        /**
         * Reads [text] as `provider::model`, or as `provider:model` or `provider/model` where the first part is one of
         * [known].
         *
         * @throws IllegalArgumentException where there is no delimiter, a part is blank or the provider is unknown; the
         * message lists the known ones
         */
        @JvmStatic
        public fun parse(text: String, known: Collection<String>): ModelId {
            val at = text.indexOfAny(charArrayOf(':', '/'))
            require(at >= 0) { "'$text' names no provider: write provider::model, with one of ${listed(known)}" }
            val provider = text.substring(0, at).trim().lowercase()
            require(provider in known) {
                "'$text' names the unknown provider '$provider': " + unknownProvider(provider, known)
            }
            val delimiter = if (text.startsWith(CANONICAL, at)) CANONICAL.length else 1
            return of(provider, text.substring(at + delimiter))
        }
    }
}
