package dev.muster.openai

/** Bodies with an example of everything that a chat completion can contain. */
internal object OpenAiSeeds {
    @JvmStatic
    fun all(): List<ByteArray> = listOf(STREAM, TOOLS, ODD, ERROR_EVENT, WHOLE, CONTENT_PARTS, ERROR, TELLTALE).map {
        it.toByteArray()
    }

    private const val STREAM =
        "data: {\"id\":\"c1\",\"model\":\"m-1\"," +
            "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n" +
            ": ping\n\n" +
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"}}]}\r\n\r\n" +
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é€😀\"},\"finish_reason\":null}]}\n\n" +
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" +
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3," +
            "\"prompt_tokens_details\":{\"cached_tokens\":1}}}\n\ndata: [DONE]\n\n"
    private const val TOOLS =
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\"," +
            "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\"\"}}]}}]}\n\n" +
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0," +
            "\"function\":{\"arguments\":\":1}\"}}]}}]}\n\n" +
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]"
    private const val ODD =
        "data: {\"id\":7,\"choices\":[{\"index\":0.0,\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"," +
            "\"arguments\":\"\\\"{}\\\"\"}},{\"custom\":{\"name\":\"g\",\"input\":\"x\"}}]," +
            "\"audio\":{\"data\":\"QQ==\"},\"images\":[{}]},\"finish_reason\":\"stop\"}]}\n\n" +
            "data: {\"choices\":[{\"delta\":{\"function_call\":{\"arguments\":\"{}\"}}}],\"usage\":\"\"}\n\n"
    private const val ERROR_EVENT =
        "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n" +
            "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"code\":null}}\n\n"
    private const val WHOLE =
        "{\"id\":\"c1\",\"model\":\"m-1\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"hi\"," +
            "\"tool_calls\":[{\"id\":\"t\",\"type\":\"function\"," +
            "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}," +
            "\"finish_reason\":\"stop\"}]," +
            "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}"
    private const val CONTENT_PARTS =
        "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}]," +
            "\"usage\":null}"
    private const val TELLTALE =
        "data: {\"id\":\"sk-test-0123456789\",\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: {\n\n"
    private const val ERROR =
        "{\"error\":{\"message\":\"m sk-test-0123456789\",\"type\":\"invalid_request_error\"," +
            "\"code\":\"context_length_exceeded\"}}"
}
