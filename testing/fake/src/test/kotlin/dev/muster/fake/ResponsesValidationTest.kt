package dev.muster.fake

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.http.HttpResponse

/** The Responses API refuses what OpenAI's schema and its server refuse, and accepts what they accept. */
class ResponsesValidationTest : Validated() {
    private fun send(body: String): HttpResponse<String> =
        Wire.client.send(Wire.post("${server.openAiUrl}/responses", body), HttpResponse.BodyHandlers.ofString())

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '^',
        value = [
            """"messages":[]|messages|unknown_parameter""",
            """"stop":["x"]|stop|unknown_parameter""",
            """"max_output_tokens":15|max_output_tokens|integer_below_min_value""",
            """"reasoning":{"effort":"huge"}|reasoning.effort|invalid_value""",
            """"include":["everything"]|include[0]|invalid_value""",
            """"stream_options":{}|stream_options|""",
            """"tools":[{"type":"function","function":{"name":"f"}}]|tools[0].function|unknown_parameter""",
            """"tools":[{"type":"function","name":"f","parameters":{}}]|tools[0].strict|missing_required_parameter""",
            """"tool_choice":{"type":"function","name":"f"}|tool_choice|""",
            """"input":null|input|missing_required_parameter""",
            """"input":[{"role":"tool","content":"x"}]|input[0].role|invalid_value""",
            """"input":[{"role":"user","content":[{"type":"text","text":"x"}]}]|input[0].content[0].type|invalid_value""",
            """"input":[{"role":"user","content":[{"type":"input_image","image_url":"http://x/y"}]}]|input[0].content[0].detail|missing_required_parameter""",
            """"input":[{"role":"user","content":[{"type":"input_image","detail":"auto","image_url":"y.png"}]}]|input[0].content[0].image_url|invalid_value""",
            """"input":[{"role":"user","content":[{"type":"input_file","file_data":"aGk="}]}]|input[0].content[0].file_data|invalid_value""",
            """"input":[{"role":"assistant","content":[{"type":"output_text","text":"x","annotations":[]}]}]|input[0].type|missing_required_parameter""",
            """"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]|input|""",
            """"input":[{"type":"function_call_output","call_id":"c","output":"x"}]|input|""",
            """"input":[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"assistant","content":"x"}]|input|""",
            """"input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"}]|input|""",
        ],
    )
    fun `what the Responses schema forbids is a 400 that names its place`(
        field: String,
        param: String,
        code: String?,
    ) {
        val input = if (field.startsWith("\"input\"")) "" else """"input":"hi","""
        val response = send("""{"model":"m",$input$field}""")
        val error = json.readTree(response.body()).path("error")
        assertEquals(400, response.statusCode(), response.body())
        assertEquals(param, error.path("param").asText())
        assertEquals(code, error.path("code").textValue())
    }

    @Test
    fun `a rich Responses request passes`() {
        val body =
            """{"model":"m","instructions":"i","input":[{"role":"developer","content":"d"},{"type":"message",""" +
                """"role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","detail":"low",""" +
                """"image_url":"data:image/png;base64,aGk="},{"type":"input_file","filename":"f.pdf",""" +
                """"file_data":"data:application/pdf;base64,aGk="}]},{"type":"reasoning","id":"rs_1","summary":""" +
                """[{"type":"summary_text","text":"s"}],"encrypted_content":"e"},{"type":"message","id":"msg_1",""" +
                """"role":"assistant","status":"completed","content":[{"type":"output_text","text":"a",""" +
                """"annotations":[]}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},""" +
                """{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"r"}]},""" +
                """{"role":"assistant","content":"b"},{"role":"user","content":"y"}],"store":false,"include":""" +
                """["reasoning.encrypted_content"],"reasoning":{"effort":"max","summary":"auto"},"text":{"format":""" +
                """{"type":"json_schema","name":"n","schema":{}},"verbosity":"low"},"tools":[{"type":"function",""" +
                """"name":"f","parameters":null,"strict":null},{"type":"web_search"}],"tool_choice":"auto",""" +
                """"max_output_tokens":16,"prompt_cache_key":"k","prompt_cache_retention":"24h","top_p":1}"""
        val response = send(body)
        assertEquals(200, response.statusCode(), response.body())
        assertEquals(
            listOf("system: i", "developer: d", "user: x", "assistant: a", "tool: r", "assistant: b", "user: y"),
            server.requests.single().messages.map { it.toString() },
        )
    }
}
