package dev.muster.http

import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.java.NamedLikeALeakyEngine
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.PrintStream

class ForeignEngineTest {
    @Test
    fun `an engine that is known to leak is accepted with one warning that says what it leaks`() {
        val warned = standardError { KtorTransport(NamedLikeALeakyEngine()).close() }
        assertEquals(1, warned.lines().count { it.isNotBlank() }, warned)
        assertTrue("cancel(false)" in warned && "billed" in warned, warned)
    }

    @Test
    fun `a sound engine is accepted in silence`() {
        assertEquals("", standardError { KtorTransport(CIO.create()).close() })
    }

    private fun standardError(block: () -> Unit): String {
        val before = System.err
        val text = ByteArrayOutputStream()
        System.setErr(PrintStream(text, true))
        try {
            block()
        } finally {
            System.setErr(before)
        }
        return text.toString()
    }
}
