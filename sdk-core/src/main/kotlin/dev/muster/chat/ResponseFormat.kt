package dev.muster.chat

import dev.muster.model.ChatModel

/**
 * The format of a response's text: JSON that matches [schema]. Immutable.
 *
 * Only models with native structured output accept it, see [ChatModel.structuredOutput]; others reject the request. To
 * get an object instead of its text, use a typed view: `model.returning<Recipe>()` works with every model.
 */
public class ResponseFormat(
    /**
     * The name of the format: letters, digits, `_` and `-`, at most 64 characters. Some providers show it to the
     * model.
     */
    @get:JvmName("name")
    public val name: String,
    /**
     * The JSON schema: maps, lists, strings, numbers, booleans and nulls. Its root is an object.
     *
     * Each provider gets the schema adapted to its rules. For example, keywords it does not support are left out, and
     * a property that is not required becomes one that may be null.
     */
    @get:JvmName("schema")
    public val schema: Map<String, Any?>,
    /** Whether the provider must enforce the schema, if it lets the client choose. */
    @get:JvmName("strict")
    public val isStrict: Boolean,
) {
    /** Creates a strict format. */
    public constructor(name: String, schema: Map<String, Any?>) : this(name, schema, true)

    override fun toString(): String = "ResponseFormat($name)"
}

/** How a model is made to answer in a given format. */
public enum class StructuredOutputMode {
    /** The provider enforces [ChatRequest.responseFormat]. */
    NATIVE,

    /** The model must call a tool whose arguments are the answer. */
    TOOL,

    /** The prompt tells the model the schema, and nothing enforces it. */
    INSTRUCTION,
}
