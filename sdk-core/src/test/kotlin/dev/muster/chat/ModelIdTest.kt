package dev.muster.chat

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource

class ModelIdTest {
    private val known = setOf("openai", "ollama", "openrouter", "groq")

    @ParameterizedTest
    @CsvSource(
        "openai::gpt-4o-mini, openai, gpt-4o-mini",
        "ollama::gemma3:latest, ollama, gemma3:latest",
        "openrouter::openai/gpt-4o, openrouter, openai/gpt-4o",
        "openai:gpt-4o, openai, gpt-4o",
        "openai/gpt-4o, openai, gpt-4o",
        "openrouter/openai/gpt-4o:free, openrouter, openai/gpt-4o:free",
        "OpenAI::gpt-4o, openai, gpt-4o",
        "' groq :: llama-3.3-70b-versatile ', groq, llama-3.3-70b-versatile",
    )
    fun `A5 reads a provider and a model`(text: String, provider: String, model: String) {
        val id = ModelId.parse(text, known)
        assertEquals(provider, id.provider)
        assertEquals(model, id.model)
        assertEquals("$provider::$model", id.toString())
        assertEquals(ModelId.of(provider, model), id)
    }

    @ParameterizedTest
    @ValueSource(strings = ["gpt-4o", "", "openai::", "acme::gpt-4o"])
    fun `A5 refuses what names no model of a known provider`(text: String) {
        assertThrows(IllegalArgumentException::class.java) { ModelId.parse(text, known) }
    }

    @ParameterizedTest
    @ValueSource(strings = ["acme::gpt-4o", "gpt-4o"])
    fun `A5 the message lists the known providers`(text: String) {
        val e = assertThrows(IllegalArgumentException::class.java) { ModelId.parse(text, known) }
        assertTrue(e.message!!.contains("groq, ollama, openai, openrouter"), e.message)
    }
}
