package dev.muster.http

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
            """{"error":{"message":{"detail":[{"loc":[],"msg":"m"}]},"type":"t","code":422}} | 422 | t | m""",
            """{"error":{"message":["m","n"]}} | - | - | m; n""",
            """{"message":[],"detail":{"message":"m"}} | - | - | m""",
            """{"message":{"role":"assistant","content":"x"}} | - | - | -""",
            """[{"error":{"code":400,"status":"INVALID","message":"m"}}] | INVALID | INVALID | m""",
            """{"error":{"code":400,"status":"INVALID","message":"m","details":[{"links":[]},{"reason":"KEY"}]}} | KEY | INVALID | m""",
            """{"error":{"code":400,"status":"INVALID","message":"m","details":{"reason":"KEY"}}} | INVALID | INVALID | m""",
            """{"error":{"status":429,"message":"m"}} | 429 | 429 | m""",
            """{"error":{"code":"c","type":"t","status":"INVALID","message":"m"}} | c | t | m""",
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
