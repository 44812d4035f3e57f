package dev.muster.http.endpoint

import com.code_intelligence.jazzer.junit.FuzzTest
import dev.muster.http.endpoint.internal.Redaction
import dev.muster.http.endpoint.internal.Secrets
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.provider.MethodSource

/** A peer's error bodies are parsed whatever they contain, and never shown with a key in them. */
class ErrorBodyFuzzTest {
    @MethodSource("bodies")
    @FuzzTest(maxDuration = "60s")
    fun `any body is read and shown without the key`(bytes: ByteArray) {
        val text = String(bytes, Charsets.UTF_8)
        val error = ErrorBody.parse(text)
        val at = if (text.isEmpty()) 0 else bytes.contentHashCode().mod(text.length)
        listOfNotNull(error.message, error.code, text, text.substring(0, at) + KEY + text.substring(at)).forEach {
            val shown = Redaction.clean(it, SECRETS, listOf("the prompt of this call"))
            assertFalse(KEY in shown, shown)
            assertTrue(shown.length <= LONGEST, shown)
        }
    }

    private companion object {
        const val KEY = "s3cret key/+="
        const val LONGEST = 401
        val SECRETS = Secrets.of(KEY, emptyMap())

        @JvmStatic
        fun bodies(): List<ByteArray> = listOf(
            "{\"error\":{\"code\":\"c\",\"type\":\"t\",\"message\":\"You sent $KEY and the prompt of this call\"}}",
            "[{\"error\":{\"code\":400,\"status\":\"INVALID\",\"message\":\"m\"}}]",
            "{\"error\":\"text\",\"code\":\"c\"}",
            "{\"detail\":[{\"msg\":\"m\"}]}",
            "{\"object\":\"error\",\"message\":\"sk-abcdefghijkl Bearer x\",\"code\":null}",
            "[[[[[[[[{\"error\":",
            "s3cret\nkey/+=",
            "<html>",
        ).map { it.toByteArray() }
    }
}
