package dev.muster.gemini

/** Bodies with an example of everything that generated content can contain. */
internal object GeminiSeeds {
    @JvmStatic
    fun all(): List<ByteArray> = listOf(STREAM, TOOLS, PIECES, OTHERS, BLOCKED, WHOLE, ERROR, TELLTALE).map {
        it.toByteArray()
    }

    private const val TELLTALE =
        "data: {\"promptFeedback\":{\"blockReason\":\"sk-test-0123456789\"},\"responseId\":\"sk-test-0123456789\"}\n\n"
    private const val STREAM =
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"hm\",\"thought\":true}]}}]," +
            "\"modelVersion\":\"m-1\",\"responseId\":\"r\"}\r\n\r\n" +
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"é€😀\"}]}}]}\n\n" +
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\",\"thoughtSignature\":\"c2ln\"}]}," +
            "\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2," +
            "\"thoughtsTokenCount\":1,\"cachedContentTokenCount\":1,\"totalTokenCount\":4}}\n\n"
    private const val TOOLS =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":[1]}}}]}," +
            "\"finishReason\":\"STOP\"}]}\n\n"
    private const val PIECES =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"id\":7,\"name\":\"f\"," +
            "\"willContinue\":true}}]},\"finishReason\":\"STOP\",\"index\":\"0\"}]}\n\n" +
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"partialArgs\":" +
            "[{\"jsonPath\":\"$.a[0].b\",\"stringValue\":\"x\",\"willContinue\":true}]}}]}}]}\n\n"
    private const val OTHERS =
        "data: [{\"candidates\":{\"content\":[{\"text\":\"a\"},{\"inlineData\":{\"data\":\"aGk=\"}},\"b\"]," +
            "\"groundingMetadata\":{\"q\":[1]},\"finishReason\":\"OTHER\",\"finishMessage\":\"m\"}," +
            "\"usageMetadata\":{\"promptTokenCount\":\"5\",\"totalTokenCount\":-1.5}}]\n\n"
    private const val BLOCKED = "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n"
    private const val WHOLE =
        "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"hi\"}]}," +
            "\"finishReason\":\"MAX_TOKENS\"}]," +
            "\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3}}"
    private const val ERROR =
        "{\"error\":{\"code\":400,\"message\":\"API key sk-test-0123456789 not valid\"," +
            "\"status\":\"INVALID_ARGUMENT\"," +
            "\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]}}"
}
