package dev.muster.anthropic

/** Bodies with an example of everything that a message can contain. */
internal object AnthropicSeeds {
    @JvmStatic
    fun all(): List<ByteArray> = listOf(STREAM, TOOLS, ERROR_EVENT, WHOLE, ERROR, TELLTALE).map { it.toByteArray() }

    private const val START =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg\",\"role\":\"assistant\"," +
            "\"model\":\"m-1\",\"content\":[],\"usage\":{\"input_tokens\":3,\"cache_read_input_tokens\":1," +
            "\"output_tokens\":1}}}\n\n"
    private const val END =
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}," +
            "\"usage\":{\"output_tokens\":5}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"
    private const val STREAM =
        START + "event: ping\ndata: {\"type\":\"ping\"}\n\n" +
            "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\"," +
            "\"thinking\":\"\"}}\r\n\r\n" +
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\"," +
            "\"thinking\":\"hm\"}}\n\n" +
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\"," +
            "\"signature\":\"c2ln\"}}\n\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n" +
            "data: {\"type\":\"content_block_start\",\"index\":1," +
            "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n" +
            "data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\"," +
            "\"text\":\"é€😀\"}}\n\n" + END
    private const val TOOLS =
        START + "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\"," +
            "\"id\":\"t1\",\"name\":\"f\",\"input\":{}}}\n\n" +
            "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\"," +
            "\"partial_json\":\"{\\\"a\\\":1}\"}}\n\n" + END
    private const val ERROR_EVENT =
        START + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"," +
            "\"message\":\"m\"}}\n\n"
    private const val WHOLE =
        "{\"id\":\"msg\",\"model\":\"m-1\"," +
            "\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"}," +
            "{\"type\":\"redacted_thinking\",\"data\":\"d\"},{\"type\":\"text\",\"text\":\"hi\"}," +
            "{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}]," +
            "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}"
    private const val TELLTALE =
        "data: {\"type\":\"message_start\",\"message\":{\"id\":\"sk-test-0123456789\"}}\n\ndata: {\n\n"
    private const val ERROR =
        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"," +
            "\"message\":\"prompt is too long sk-test-0123456789\"}}"
}
