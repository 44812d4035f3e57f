package dev.muster.chat

/**
 * The form of an answer's text: JSON that [schema] describes. Immutable.
 *
 * For a model that answers natively in a form; see [ChatModel.structuredOutput]. Any other refuses the request. Who
 * wants an object and not its text asks for a type instead, which works with every model: `ask<Recipe>(prompt)`.
 */
public class ResponseFormat @JvmOverloads constructor(
    /** What the form is called: letters, digits, `_` and `-`, 64 at most. Some providers show it to the model. */
    @get:JvmName("name")
    public val name: String,
    /**
     * The JSON schema, whose root is an object: maps, lists, strings, numbers, booleans and nulls. Each provider gets
     * it as it takes it: what its own rules have no words for is left out, and a property that is not required becomes
     * one that may be null.
     */
    @get:JvmName("schema")
    public val schema: Map<String, Any?>,
    /** Whether the provider shall hold the model to the schema, where it leaves that choice. */
    @get:JvmName("strict")
    public val isStrict: Boolean = true,
) {
    override fun toString(): String = "ResponseFormat($name)"
}

/** How a model is brought to answer in a form. */
public enum class StructuredOutputMode {
    /** The provider holds the model to [ChatRequest.responseFormat]. */
    NATIVE,

    /** The model is made to call a tool whose arguments are the answer. */
    TOOL,

    /** The model is told the schema in the prompt, and no one holds it to it. */
    INSTRUCTION,
}
