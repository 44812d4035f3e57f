package dev.muster.openai

/** Bodies with an example of everything that a response can contain. */
internal object ResponsesSeeds {
    @JvmStatic
    fun all(): List<ByteArray> = listOf(STREAM, ODD, FAILED, ERROR_EVENT, WHOLE, TELLTALE).map { it.toByteArray() }

    /** Found by search: an id that repeats the key, followed by something that fails. */
    private const val TELLTALE =
        "data: {\"type\":\"response.created\",\"response\":{\"id\":\"Bearer sk-test-0123456789r\",\"output\":[]}}" +
            "\n\ndata: {\"type\":\n\n"
    private const val ITEMS =
        "[{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}]," +
            "\"encrypted_content\":\"e\"},{\"type\":\"message\",\"role\":\"assistant\"," +
            "\"content\":[{\"type\":\"output_text\",\"text\":\"é€😀\"},{\"type\":\"refusal\",\"refusal\":\"no\"}]}," +
            "{\"type\":\"function_call\",\"call_id\":\"t\",\"name\":\"f\",\"arguments\":\"{}\"}]"
    private const val WHOLE =
        "{\"id\":\"r\",\"model\":\"m-1\",\"status\":\"completed\",\"output\":" + ITEMS +
            ",\"usage\":{\"input_tokens\":1,\"input_tokens_details\":{\"cached_tokens\":1},\"output_tokens\":2," +
            "\"output_tokens_details\":{\"reasoning_tokens\":1},\"total_tokens\":3}}"
    private const val STREAM =
        "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"output\":[]}}\n\n" +
            "data: {\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":0,\"delta\":\"hm\"}\n\n" +
            "data: {\"type\":\"response.output_text.delta\",\"output_index\":1,\"delta\":\"é€😀\"}\r\n\r\n" +
            "data: {\"type\":\"response.output_item.added\",\"output_index\":2,\"item\":{\"type\":\"function_call\"," +
            "\"call_id\":\"t\",\"name\":\"f\",\"arguments\":\"\"}}\n\n" +
            "data: {\"type\":\"response.function_call_arguments.delta\",\"output_index\":2,\"delta\":\"{}\"}\n\n" +
            "data: {\"type\":\"response.completed\",\"response\":" + WHOLE + "}\n\n"
    private const val ODD =
        "data: {\"type\":\"response.output_item.added\",\"item\":{\"type\":\"custom_tool_call\",\"id\":7," +
            "\"name\":\"f\"}}\n\ndata: {\"type\":\"response.custom_tool_call_input.delta\",\"delta\":\"x\"}\n\n" +
            "data: {\"type\":\"response.completed\",\"response\":{\"status\":\"complete\",\"output\":[" +
            "{\"type\":\"mcp_call\"},{\"type\":\"message\",\"content\":\"a\"}]}}\n\n"
    private const val FAILED =
        "data: {\"type\":\"response.failed\",\"response\":{\"status\":\"failed\"," +
            "\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}}\n\n"
    private const val ERROR_EVENT =
        "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}\n\n"
}
