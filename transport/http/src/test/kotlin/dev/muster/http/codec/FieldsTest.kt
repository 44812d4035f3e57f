package dev.muster.http.codec

import kotlinx.serialization.json.Json
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource

class FieldsTest {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            "7 | 7",
            "0 | 0",
            "7.0 | 7",
            "\"7\" | 7",
            "9007199254740992 | 9007199254740992",
            "9007199254740993 | -",
            "-1 | -",
            "-0.5 | -",
            "1e300 | -",
            "\"\" | -",
            "\"many\" | -",
            "true | -",
            "null | -",
            "[7] | -",
            "{} | -",
        ],
    )
    fun `a count is read as it comes, and is never below zero`(json: String, expected: Long?): Unit =
        assertEquals(expected, Fields.count(Json.parseToJsonElement(json)))

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = ["-"],
        value = [
            "[1,2.5,-3e-1] | 1.0 2.5 -0.3",
            "[] | ''",
            "[1,null] | -",
            "[1,\"2\"] | -",
            "[1,[2]] | -",
            "[1,true] | -",
            "[1,1e39] | -",
            "\"1\" | -",
            "{} | -",
        ],
    )
    fun `a vector is a list of finite numbers`(json: String, expected: String?): Unit =
        assertEquals(expected, Fields.vector(Json.parseToJsonElement(json))?.joinToString(" "))
}
