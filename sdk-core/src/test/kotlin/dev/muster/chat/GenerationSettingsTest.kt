package dev.muster.chat

import dev.muster.ScriptedProvider
import dev.muster.agent.ChatAgent
import dev.muster.agent.ToolInvocation
import dev.muster.agent.outputType
import dev.muster.error.InvalidRequestException
import dev.muster.error.LlmException
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class GenerationSettingsTest {
    private val provider = ScriptedProvider(onStream = { _, sink ->
        sink.text("ok")
        sink.finish(FinishReason.STOP, null)
    })
    private val model = provider.client().model("scripted::m")

    @Test
    fun `A24 a setter for each setting, and each makes settings different`() {
        assertEquals(accessors(GenerationSettings::class.java), EACH.keys)
        assertEquals(setters(), EACH.keys + "settings")
        EACH.forEach { (name, set) ->
            val settings = GenerationSettings { set() }
            assertNotEquals(GenerationSettings.DEFAULT, settings, name)
            assertEquals(GenerationSettings { set() }, settings, name)
            assertEquals(GenerationSettings { set() }.hashCode(), settings.hashCode(), name)
            assertTrue("$name=" in "$settings", "$settings")
            assertEquals(settings, settings.toBuilder().build(), name)
        }
        assertEquals("GenerationSettings()", "${GenerationSettings.DEFAULT}")
    }

    @Test
    fun `A24 each setting of a request and of an agent is sent, and the request shows it`() = runTest {
        assertTrue(accessors(ChatRequest::class.java).containsAll(EACH.keys))
        EACH.forEach { (name, set) ->
            val settings = GenerationSettings { set() }
            model.chat(ChatRequest { user("Hi").offered().settings(settings) })
            ChatAgent.builder(model).toolDefinition(TOOL).settings(settings).build().ask("Hi")
            model.with(settings).chat(ChatRequest { user("Hi").offered() })
            provider.requests.takeLast(3).forEach { sent ->
                assertEquals(settings, sent.settings, name)
                assertEquals(value(settings, name), value(sent, name), name)
            }
        }
    }

    @Test
    fun `A24 what is set goes over the base, stop as a whole, extra field by field`() {
        val base = GenerationSettings {
            temperature(0.7).topP(0.5).stop(listOf("A", "B")).extra("user", "u").extra("options", mapOf("a" to 1))
        }
        val over = GenerationSettings {
            temperature(0.0).maxTokens(9).stop(listOf("C")).extra("options", mapOf("b" to 2)).extra("none", null)
        }
        val merged = over.over(base)
        val expected = GenerationSettings {
            temperature(0.0).topP(0.5).maxTokens(9).stop(listOf("C"))
            extra("user", "u").extra("options", mapOf("b" to 2)).extra("none", null)
        }
        assertEquals(expected, merged)
        assertEquals(base, GenerationSettings.DEFAULT.over(base))
        assertEquals(over, over.over(GenerationSettings.DEFAULT))
    }

    @Test
    fun `A24 the settings of an agent's view go over the agent's, and the agent keeps its own`() = runTest {
        val agent = ChatAgent.builder(model).systemPrompt("s").temperature(0.7).seed(1).extra("user", "u").build()
        val view = agent.with(GenerationSettings { temperature(0.0).maxTokens(9) })
        val expected = GenerationSettings { temperature(0.0).seed(1).maxTokens(9).extra("user", "u") }
        assertEquals(expected, view.settings)
        view.ask("a")
        view.stream("b").collect()
        view.conversation().ask("c")
        view.conversation().stream("d").collect()
        view.asTool("t", "d").run(ToolInvocation("1", "t", """{"prompt":"e"}"""))
        assertEquals(List(5) { expected }, provider.requests.map { it.settings })
        assertEquals(List(5) { "s" }, provider.requests.map { it.messages.first().text })
        agent.ask("f")
        assertEquals(agent.settings, provider.requests.last().settings)
        assertEquals(0.7, agent.settings.temperature)
        assertEquals(5, view.with(GenerationSettings { maxTokens(5) }).settings.maxTokens)
        assertEquals(listOf(agent.name, agent.model), listOf(view.name, view.model))
    }

    @Test
    fun `A24 a request's settings go over those of a model's view, an agent's too`() = runTest {
        val view = model.with(GenerationSettings { temperature(0.7).maxTokens(9) })
        view.chat(ChatRequest { user("a").temperature(0.0) })
        view.stream("b").collect()
        ChatAgent.builder(view).maxTokens(5).build().ask("c")
        view.with(GenerationSettings { maxTokens(3) }).ask("d")
        val sent = provider.requests.map { it.temperature to it.maxTokens }
        assertEquals(listOf(0.0 to 9, 0.7 to 9, 0.7 to 5, 0.7 to 3), sent)
        assertEquals(model.id, view.id)
        val wrong = view.with(GenerationSettings { temperature(Double.NaN) })
        assertThrows<InvalidRequestException> { wrong.ask("e") }
    }

    @Test
    fun `A24 a view of a model asks for objects as the model does`() = runTest {
        val seen = mutableListOf<GenerationSettings>()
        val native =
            ScriptedProvider(
                onChat = { ChatResponse.builder().text("[1]") },
                onStructured = {
                    seen += it.settings
                    StructuredOutputMode.NATIVE
                },
            )
        val settings = GenerationSettings { maxTokens(9) }
        val view = native.client().model("scripted::m").with(settings)
        assertEquals(listOf(1), ChatAgent.builder(view).build().returning(outputType<List<Int>>()).ask("a"))
        assertEquals(listOf(settings), seen.distinct())
        assertTrue(native.requests.single().responseFormat != null)
    }

    @Test
    fun `A24 wrong numbers are the failure of the call, not of the settings`() = runTest {
        val wrong = listOf(
            GenerationSettings { temperature(Double.NaN) },
            GenerationSettings { temperature(-1.0) },
            GenerationSettings { topP(Double.POSITIVE_INFINITY) },
            GenerationSettings { maxTokens(0) },
            GenerationSettings { reasoning(Reasoning.budget(-1)) },
            GenerationSettings { toolChoice(ToolChoice.REQUIRED) },
        )
        val agent = ChatAgent.builder(model).build()
        wrong.forEach { settings ->
            val calls = listOf<suspend () -> Unit>(
                { model.chat(ChatRequest { user("Hi").settings(settings) }) },
                { agent.with(settings).ask("Hi") },
                { agent.with(settings).stream("Hi").collect() },
                { agent.with(settings).conversation().ask("Hi") },
            )
            calls.forEach { call ->
                assertThrows<InvalidRequestException>("$settings") { call() }
            }
        }
        assertEquals(0, provider.requests.size)
        assertEquals(wrong[0], GenerationSettings { temperature(Double.NaN) })
        assertTrue(assertThrows<LlmException> { agent.with(wrong[3]).ask("Hi") }.message!!.contains("maxTokens"))
    }

    @Test
    fun `A24 null and an empty list unset what a builder has, and built settings do not change`() {
        val builder = GenerationSettings.builder()
        EACH.values.forEach { set -> builder.set() }
        val full = builder.build()
        builder.temperature(null).topP(null).maxTokens(null).stop(emptyList()).seed(null)
        builder.reasoning(null).toolChoice(null).parallelToolCalls(null)
        assertEquals(GenerationSettings { extra("user", "u") }, builder.build())
        assertEquals(0.5, full.temperature)
        val stop = mutableListOf("A")
        val extra = mutableMapOf<String, Any?>("a" to 1, "b" to 2)
        val kept = GenerationSettings { stop(stop).extra(extra) }
        stop += "B"
        extra.clear()
        assertEquals(listOf("A"), kept.stop)
        assertEquals(setOf("a", "b"), kept.extra.keys)
        assertThrows<UnsupportedOperationException> { (kept.stop as MutableList<String>).add("C") }
        assertThrows<UnsupportedOperationException> { (kept.extra as MutableMap<String, Any?>).clear() }
    }

    @Test
    fun `A24 toString has no value that may be private`() {
        val settings = GenerationSettings { stop(listOf("secret")).extra("user", "secret").extra("metadata", "secret") }
        assertEquals("GenerationSettings(stop=1 sequences, extra=[user, metadata])", "$settings")
        assertFalse("secret" in "${ChatRequest { user("Hi").settings(settings) }}")
    }

    @Test
    fun `A24 the requests of an agent share its settings, so that a call costs no copy`() {
        val agent = ChatAgent.builder(model).temperature(0.5).extra("user", "u").build()
        assertSame(agent.settings, agent.request("a").settings)
        assertSame(agent.settings, agent.request("b").toBuilder().user("c").build().settings)
        assertSame(GenerationSettings.DEFAULT, ChatRequest.of("Hi").settings)
        val settings = GenerationSettings { maxTokens(9) }
        assertSame(settings, ChatRequest { user("Hi").settings(settings) }.settings)
    }

    private fun ChatRequest.Builder.offered() = tools(listOf(TOOL))

    /** The accessors that Java sees. Kotlin's properties are the same. */
    private fun accessors(type: Class<*>): Set<String> = type.methods
        .filter { it.parameterCount == 0 && it.declaringClass == type && it.name !in PLUMBING && !it.isSynthetic }
        .mapTo(HashSet()) { it.name }

    private fun setters(): Set<String> = GenerationSettings.Setters::class.java.methods
        .filter { it.returnType == GenerationSettings.Setters::class.java && !it.isSynthetic }
        .mapTo(HashSet()) { it.name }

    private fun value(of: Any, setting: String): Any? = of.javaClass.getMethod(setting).invoke(of)

    private companion object {
        val TOOL = ToolDefinition("t", "d", mapOf("type" to "object"))
        val PLUMBING = setOf("toBuilder", "hashCode", "toString", "builder")

        val EACH: Map<String, GenerationSettings.Builder.() -> Unit> = mapOf(
            "temperature" to { temperature(0.5) },
            "topP" to { topP(0.9) },
            "maxTokens" to { maxTokens(50) },
            "stop" to { stop(listOf("END")) },
            "seed" to { seed(7) },
            "reasoning" to { reasoning(Reasoning.effort(ReasoningEffort.LOW)) },
            "toolChoice" to { toolChoice(ToolChoice.REQUIRED) },
            "parallelToolCalls" to { parallelToolCalls(false) },
            "extra" to { extra("user", "u") },
        )
    }
}
