package dev.muster.http.endpoint

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.time.Duration

class ErrorBodyTest {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            """{"error":{"code":"c","type":"t","message":"m"}} | c | t | m""",
            """{"error":{"code":null,"type":"t","message":"m"}} | t | t | m""",
            """{"error":{"code":502,"message":"m"},"user_id":"u"} | 502 | - | m""",
            """{"error":"m"} | - | - | m""",
            """{"error":"m","code":"c"} | c | - | m""",
            """{"object":"error","message":"m","type":"t","code":1500} | 1500 | t | m""",
            """{"detail":"m"} | - | - | m""",
            """{"detail":[{"type":"t","loc":["body","messages",0,"name"],"msg":"m","input":"x"},{"loc":["body"],"msg":"n"}]} | - | - | body.messages.0.name: m; body: n""",
            """{"object":"error","message":{"detail":[{"loc":["body","p"],"msg":"m"}]},"type":"t","code":null} | t | t | body.p: m""",
            """{"error":{"message":{"detail":[{"loc":[],"msg":"m"}]},"type":"t","code":422}} | t | t | m""",
            """{"error":{"message":["m","n"]}} | - | - | m; n""",
            """{"message":[],"detail":{"message":"m"}} | - | - | m""",
            """{"message":{"role":"assistant","content":"x"}} | - | - | -""",
            """[{"error":{"code":400,"status":"INVALID","message":"m"}}] | INVALID | INVALID | m""",
            """{"error":{"code":400,"status":"INVALID","message":"m","details":[{"links":[]},{"reason":"KEY"}]}} | KEY | INVALID | m""",
            """{"error":{"code":400,"status":"INVALID","message":"m","details":{"reason":"KEY"}}} | INVALID | INVALID | m""",
            """{"error":{"status":429,"message":"m"}} | 429 | - | m""",
            """{"error":{"code":"c","type":"t","status":"INVALID","message":"m"}} | c | t | m""",
            """{"error":{"code":"c","type":null,"status":400,"message":"m"}} | c | - | m""",
            """{"error":{"code":400,"type":"t","message":"m"}} | t | t | m""",
            """{"error":{"code":"400","type":null,"status":400,"innererror":{"code":"Inner"},"message":"m"}} | Inner | - | m""",
            """{"error":{"code":"c","status":"FAILED","message":"m"}} | c | - | m""",
            """{"error":{"code":1500,"type":"t","message":"m"}} | 1500 | t | m""",
            """{"success":false,"errors":[{"code":7003,"message":"m"},{"code":7004,"message":"n"}],"result":null} | 7003 | - | m; n""",
            """{"errors":["m","n"]} | - | - | m; n""",
            """{"success":true,"errors":[],"result":{}} | - | - | -""",
            """{"error":["m"],"error_type":"t"} | - | t | m""",
            """{"error":"invalid_token","error_description":"m"} | invalid_token | - | m""",
            """{"status":404,"error":"Not Found","message":"m"} | - | - | Not Found: m""",
            """{"error":true,"message":"m"} | - | - | m""",
            """{"error":false,"text":"x"} | - | - | -""",
            """{"__type":"com.example#TooFast","Message":"m"} | TooFast | TooFast | m""",
            """{"message":"m"} | - | - | m""",
            """{"type":"about:blank","title":"Gone","status":410} | 410 | - | Gone""",
            """{"type":"about:blank","title":"Gone","status":410,"detail":"m"} | 410 | - | m""",
            """{"title":"of a page","id":"x"} | - | - | -""",
            """{"error":null} | - | - | -""",
            """{"error":{}} | - | - | -""",
            """[] | - | - | -""",
            """"text" | - | - | -""",
            """<html>oops</html> | - | - | -""",
            """'' | - | - | -""",
        ],
    )
    fun `every usual form of an error body is read`(json: String, code: String?, type: String?, message: String?) {
        val error = ErrorBody.parse(json)
        assertEquals(listOf(code, type, message), listOf(error.code, error.type, error.message))
    }

    @Test
    fun `C12 Google's details say the status, the quotas and how long to wait`() {
        fun google(details: String, code: String = "429") = ErrorBody.parse(
            """{"error":{"code":$code,"message":"m","status":"RESOURCE_EXHAUSTED","details":$details}}""",
        )
        val whole =
            google("""[{"violations":[{"quotaId":"PerDay"},{"quotaId":"PerMinute"},5]},7,{"retryDelay":"1.5s"}]""")
        assertEquals(429, whole.codeAsStatus)
        assertEquals(listOf("PerDay", "PerMinute"), whole.details)
        assertEquals(Duration.ofMillis(1_500), whole.retryAfter)
        listOf("soon", "5", "-1s", "s", "1e400s").forEach { wait ->
            assertEquals(null, google("""[{"retryDelay":"$wait"}]""").retryAfter, wait)
        }
        listOf("null", "5", "{}", "[]", """[{"violations":5}]""").forEach { details ->
            val error = google(details, code = "null")
            assertEquals(emptyList<String>(), error.details)
            assertEquals(null, error.codeAsStatus)
            assertEquals("RESOURCE_EXHAUSTED", error.code)
        }
    }

    @Test
    fun `what is nested without end is no error body`() {
        listOf("[", "{\"error\":", "[{\"error\":").forEach { opening ->
            assertEquals(null, ErrorBody.parse(opening.repeat(100_000)).message)
        }
        assertEquals(null, ErrorBody.parse("[".repeat(100_000) + "]".repeat(100_000)).message)
        assertEquals("x", ErrorBody.parse("[".repeat(50) + "{\"error\":\"x\"}" + "]".repeat(50)).message)
    }
}
