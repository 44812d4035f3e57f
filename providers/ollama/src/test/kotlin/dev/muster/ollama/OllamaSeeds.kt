package dev.muster.ollama

/** Bodies with an example of everything that a chat response can contain. */
internal object OllamaSeeds {
    @JvmStatic
    fun all(): List<ByteArray> = listOf(STREAM, TOOLS, ERROR_LINE, WHOLE, ERROR).map { it.toByteArray() }

    private const val STREAM =
        "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"\"," +
            "\"thinking\":\"hm\"},\"done\":false}\n" +
            "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"é€😀\"},\"done\":false}\r\n\n" +
            "{\"model\":\"m-1\",\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\"," +
            "\"prompt_eval_count\":3,\"eval_count\":2}\n"
    private const val TOOLS =
        "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[1]}}}]}," +
            "\"done\":false}\n{\"done\":true,\"done_reason\":\"stop\"}"
    private const val ERROR_LINE = "{\"message\":{\"content\":\"x\"},\"done\":false}\n{\"error\":\"m\"}\n"
    private const val WHOLE =
        "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"done\":true," +
            "\"done_reason\":\"length\",\"prompt_eval_count\":1,\"eval_count\":2}"
    private const val ERROR = "{\"error\":\"model 'sk-test-0123456789' not found\"}"
}
