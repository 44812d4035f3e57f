package dev.muster.http.endpoint

import dev.muster.error.MalformedResponseException
import dev.muster.http.apiCall
import dev.muster.http.codec.PROVIDER_JSON
import dev.muster.http.endpointAt
import dev.muster.http.onTransport
import kotlinx.serialization.json.JsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class DecodeTest {
    @ParameterizedTest
    @ValueSource(
        strings = ["", "[]", """{"a":""", """{"a"""", """{"a",""", """{"a":{"b"}}""", "nonsense", """{"a":1}}"""],
    )
    fun `a text that is not the JSON asked for is malformed, wherever it breaks off`(text: String): Unit =
        onTransport { transport ->
            val endpoint = endpointAt(transport, "http://x")
            val failure = assertThrows(MalformedResponseException::class.java) {
                endpoint.decode(apiCall(), text, "r1", "cannot parse it") {
                    PROVIDER_JSON.decodeFromString(JsonObject.serializer(), it)
                }
            }
            assertTrue(failure.message.orEmpty().startsWith("x::m: cannot parse it: ")) { failure.message }
            assertEquals("r1", failure.requestId)
            assertNull(failure.cause)
        }
}
