package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode

// Field tables of models.generateContent and models.streamGenerateContent, written from the discovery document of
// Google's Generative Language API, version v1beta (GenerateContentRequest and the types it refers to), in camel
// case. The alternative snake case spelling of every field is refused.

private val int64 =
    either("an integer", JsonNode::isIntegralNumber to anything, JsonNode::isTextual to matching("-?\\d+"))

private fun matching(pattern: String) = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "a string")
        Regex(pattern).matches(value.textValue()) -> null
        else -> invalid(path, "it should match '^$pattern$'")
    }
}

private val base64 = matching("[A-Za-z0-9+/_-]*={0,2}")

private val blob = Fields(required("mimeType", string(1)), required("data", base64))

private val fileData = Fields(required("fileUri", string(1)), optional("mimeType", string()))

private val functionCall =
    Fields(required("name", toolName()), optional("id", string()), optional("args", anyObject))

private val functionResponse =
    Fields(
        required("name", toolName()),
        required("response", anyObject),
        optional("id", string()),
        optional("willContinue", boolean),
        optional("scheduling", oneOf("SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT")),
        optional("parts", list(Fields(optional("inlineData", anyObject)))),
    )

private fun toolName() = matching("[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")

/** The kinds of data. A part has exactly one of them. */
internal val partKinds =
    mapOf(
        "text" to string(),
        "inlineData" to blob,
        "fileData" to fileData,
        "functionCall" to functionCall,
        "functionResponse" to functionResponse,
        "toolCall" to anyObject,
        "toolResponse" to anyObject,
        "executableCode" to
            Fields(
                required("language", oneOf("LANGUAGE_UNSPECIFIED", "PYTHON")),
                required("code", string()),
                optional("id", string()),
            ),
        "codeExecutionResult" to
            Fields(required("outcome", string()), optional("output", string()), optional("id", string())),
    )

private val part =
    Fields(
        (
            partKinds.map { (name, check) -> optional(name, check) } +
                listOf(
                    optional("thought", boolean),
                    optional("thoughtSignature", base64),
                    optional("partMetadata", anyObject),
                    optional("videoMetadata", anyObject),
                    optional("mediaResolution", anyObject),
                )
            ).associateBy { it.name },
    )

internal val onePart: Check =
    Check { value, path ->
        part.violation(value, path) ?: run {
            val kinds = partKinds.keys.filter(value::hasNonNull)
            when (kinds.size) {
                1 -> null
                0 -> Violation("required oneof field 'data' must have one initialized field", path, null)
                else -> invalid(path, "oneof field 'data' is already set. Cannot set '${kinds.last()}'")
            }
        }
    }

private val content = Fields(optional("role", oneOf("user", "model")), required("parts", list(onePart, 1)))

private val instruction = Fields(optional("role", string()), required("parts", list(onePart, 1)))

private val schemaType =
    Check { value, path ->
        val types = setOf("TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
        if (value.isTextual && value.textValue().uppercase() in types) null else invalid(path, "no such type: $value")
    }

/** The subset of OpenAPI schemas that `parameters` and `responseSchema` accept. The fields of JSON Schema differ. */
private val schema: Check = Check { value, path -> schemaFields.violation(value, path) }

private val schemaFields: Fields by lazy {
    Fields(
        optional("type", schemaType),
        optional("format", string()),
        optional("title", string()),
        optional("description", string()),
        optional("nullable", boolean),
        optional("enum", list(string())),
        optional("items", schema),
        optional("minItems", int64),
        optional("maxItems", int64),
        optional("properties", valuesOf(schema)),
        optional("required", list(string())),
        optional("minProperties", int64),
        optional("maxProperties", int64),
        optional("minimum", number()),
        optional("maximum", number()),
        optional("minLength", int64),
        optional("maxLength", int64),
        optional("pattern", string()),
        optional("example", anything),
        optional("anyOf", list(schema)),
        optional("propertyOrdering", list(string())),
        optional("default", anything),
    )
}

private val functionDeclaration =
    Fields(
        required("name", toolName()),
        optional("description", string()),
        optional("behavior", oneOf("UNSPECIFIED", "BLOCKING", "NON_BLOCKING")),
        optional("parameters", schema),
        optional("parametersJsonSchema", anyObject),
        optional("response", schema),
        optional("responseJsonSchema", anyObject),
    )

private val tool =
    Fields(
        optional("functionDeclarations", list(functionDeclaration)),
        optional("codeExecution", anyObject),
        optional("googleSearch", anyObject),
        optional("googleSearchRetrieval", anyObject),
        optional("urlContext", anyObject),
        optional("googleMaps", anyObject),
        optional("fileSearch", anyObject),
        optional("computerUse", anyObject),
        optional("mcpServers", list(anyObject)),
    )

private val toolConfig =
    Fields(
        optional(
            "functionCallingConfig",
            Fields(
                optional("mode", oneOf("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")),
                optional("allowedFunctionNames", list(string(1))),
            ),
        ),
        optional("retrievalConfig", anyObject),
        optional("includeServerSideToolInvocations", boolean),
    )

private val safetySetting =
    Fields(
        required("category", matching("HARM_CATEGORY_[A-Z_]+")),
        required(
            "threshold",
            oneOf(
                "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
                "BLOCK_LOW_AND_ABOVE",
                "BLOCK_MEDIUM_AND_ABOVE",
                "BLOCK_ONLY_HIGH",
                "BLOCK_NONE",
                "OFF",
            ),
        ),
    )

private val thinkingConfig =
    Fields(
        optional("includeThoughts", boolean),
        optional("thinkingBudget", integer(-1, Int.MAX_VALUE.toLong())),
        optional("thinkingLevel", oneOf("THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH")),
    )

private val generationConfig =
    Fields(
        optional("candidateCount", integer(1, 8)),
        optional("stopSequences", list(string(1), max = 5)),
        optional("maxOutputTokens", integer(1, Int.MAX_VALUE.toLong())),
        optional("temperature", number(0.0, 2.0)),
        optional("topP", number(0.0, 1.0)),
        optional("topK", number(1.0)),
        optional("seed", integer(Int.MIN_VALUE.toLong(), Int.MAX_VALUE.toLong())),
        optional("responseMimeType", string()),
        optional("responseSchema", schema),
        optional("responseJsonSchema", anything),
        optional("_responseJsonSchema", anything),
        optional("presencePenalty", number(-2.0, 2.0)),
        optional("frequencyPenalty", number(-2.0, 2.0)),
        optional("responseLogprobs", boolean),
        optional("logprobs", integer(0, 20)),
        optional("enableEnhancedCivicAnswers", boolean),
        optional("responseModalities", list(oneOf("MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"))),
        optional("speechConfig", anyObject),
        optional("thinkingConfig", thinkingConfig),
        optional("imageConfig", anyObject),
        optional("mediaResolution", matching("MEDIA_RESOLUTION_[A-Z_]+")),
    )

internal val geminiGenerateContent =
    Fields(
        optional("model", string(1)),
        required("contents", list(content, 1)),
        optional("systemInstruction", instruction),
        optional("tools", list(tool)),
        optional("toolConfig", toolConfig),
        optional("safetySettings", list(safetySetting)),
        optional("generationConfig", generationConfig),
        optional("cachedContent", matching("cachedContents/.+")),
        optional("serviceTier", oneOf("unspecified", "standard", "flex", "priority")),
        optional("store", boolean),
    )
