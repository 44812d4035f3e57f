package dev.muster.http

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

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
            """[{"error":{"code":400,"status":"INVALID","message":"m"}}] | 400 | INVALID | m""",
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
    fun `what is nested without end is no error body`() {
        listOf("[", "{\"error\":", "[{\"error\":").forEach { opening ->
            assertEquals(null, ErrorBody.parse(opening.repeat(100_000)).message)
        }
        assertEquals("x", ErrorBody.parse("[".repeat(50) + "{\"error\":\"x\"}" + "]".repeat(50)).message)
    }
}
