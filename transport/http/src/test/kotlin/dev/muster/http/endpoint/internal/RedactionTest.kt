package dev.muster.http.endpoint.internal

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class RedactionTest {
    @Test
    fun `the configured key goes, wherever it stands`() {
        assertEquals(
            "bad key [hidden]!",
            Redaction.clean("bad key s3cret!", Secrets.of("s3cret", emptyMap()), emptyList()),
        )
    }

    @Test
    fun `what has the form of a key goes, masked ones too`() {
        listOf(
            "sk-proj-abcdef123456",
            "sk-ab***********wxyz",
            "gsk_0123456789",
            "xai-0123456789",
            "Bearer abc",
        ).forEach {
            assertEquals(
                "key: [hidden] was refused",
                Redaction.clean("key: $it was refused", Secrets.NONE, emptyList()),
            )
        }
    }

    @Test
    fun `a run of the prompt goes and the provider's own words stay`() {
        val prompt = "My neighbour's secret recipe needs three eggs and a lemon"
        val clean =
            Redaction.clean(
                "Filtered: 'neighbour's secret recipe needs three' is not allowed",
                Secrets.NONE,
                listOf(prompt),
            )
        assertTrue(clean.startsWith("Filtered: '[hidden]"), clean)
        assertTrue(clean.endsWith("is not allowed"), clean)
        assertFalse("secret recipe" in clean, clean)
    }

    @Test
    fun `a short prompt goes where it is repeated whole`() {
        assertEquals(
            "No answer to '[hidden]'",
            Redaction.clean("No answer to 'Hi there'", Secrets.NONE, listOf("Hi there")),
        )
    }

    @Test
    fun `long text is cut and line breaks become spaces`() {
        assertEquals("a b", Redaction.clean("a\r\n\tb", Secrets.NONE, emptyList()))
        assertTrue(Redaction.clean("word ".repeat(1000), Secrets.NONE, emptyList()).length <= 401)
    }
}
