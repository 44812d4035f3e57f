package dev.muster.http.endpoint.internal

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The custom headers that docs/security.md says are hidden. */
class SecretHeadersTest {
    private fun shown(name: String, value: String, said: String) = Secrets.of(null, mapOf(name to value)).hide(said)

    @Test
    fun `the value of a header is hidden where its name is one of a credential`() {
        listOf(
            "Authorization",
            "x-goog-api-KEY",
            "X-Own-Token",
            "Client-Secret",
            "Proxy-Password",
            "Cookie",
            "X-Credential",
            "X-Session-Id",
        ).forEach { name ->
            assertEquals("a [hidden] b [hidden]", shown(name, "Bearer value-1", "a value-1 b Bearer value-1"), name)
        }
    }

    @Test
    fun `another header's value is shown, and so is one of less than four characters`() {
        assertEquals("a value-1 b", shown("X-Team", "value-1", "a value-1 b"))
        assertEquals("a value-1 b", shown("anthropic-beta", "value-1", "a value-1 b"))
        assertEquals("an abc", shown("X-Own-Token", "abc", "an abc"))
    }
}
