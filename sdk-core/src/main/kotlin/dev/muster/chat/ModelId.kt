package dev.muster.chat

/**
 * The id of a model of a provider, written `provider::model`.
 *
 * `provider:model` and `provider/model` are accepted too if the first part is a known provider. The first delimiter
 * splits the text: `ollama::gemma3:latest` is the model `gemma3:latest`, and `openrouter::openai/gpt-4o` is the model
 * `openai/gpt-4o`.
 */
public class ModelId private constructor(
    /** The provider's id in lower case: `openai`, `ollama`, `groq`. */
    @get:JvmName("provider")
    public val provider: String,
    /** The provider's name for the model, sent unchanged. */
    @get:JvmName("model")
    public val model: String,
) {
    override fun equals(other: Any?): Boolean = other is ModelId && other.provider == provider && other.model == model

    override fun hashCode(): Int = 31 * provider.hashCode() + model.hashCode()

    override fun toString(): String = "$provider::$model"

    /** Creates ids. */
    public companion object {
        private const val CANONICAL = "::"

        /**
         * Returns the id of [model] at [provider].
         *
         * @throws IllegalArgumentException if either is blank
         */
        @JvmStatic
        public fun of(provider: String, model: String): ModelId {
            require(provider.isNotBlank()) {
                "The provider in the model id '$provider$CANONICAL$model' is blank: write provider::model"
            }
            require(model.isNotBlank()) {
                "The model in the model id '$provider$CANONICAL$model' is blank: write provider::model"
            }
            return ModelId(provider.trim().lowercase(), model.trim())
        }

        /**
         * Parses [text] as `provider::model`, or as `provider:model` or `provider/model` if the first part is one of
         * [known].
         *
         * @throws IllegalArgumentException if there is no delimiter, a part is blank or the provider is unknown. The
         *   message lists the known providers.
         */
        @JvmStatic
        public fun parse(text: String, known: Collection<String>): ModelId {
            val at = text.indexOfAny(charArrayOf(':', '/'))
            require(at >= 0) {
                "'$text' does not name a provider: write provider::model. The known providers are ${listed(known)}"
            }
            val provider = text.substring(0, at).trim().lowercase()
            require(provider in known) {
                "'$text' names the unknown provider '$provider': " + unknownProvider(provider, known)
            }
            val delimiter = if (text.startsWith(CANONICAL, at)) CANONICAL.length else 1
            return of(provider, text.substring(at + delimiter))
        }
    }
}
