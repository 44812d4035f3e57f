@file:OptIn(ExperimentalMusterApi::class)

package dev.muster.gemini

import dev.muster.annotation.ExperimentalMusterApi
import dev.muster.chat.ChatEvent
import dev.muster.chat.Usage
import dev.muster.contract.FailureContract
import dev.muster.contract.HandClock
import dev.muster.fake.FakeRequest
import dev.muster.resilience.Timeouts
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A6: Gemini's API format. */
class GeminiContractTest : FailureContract("gemini", "/generationConfig/maxOutputTokens", tellsDetails = true) {
    override val url: String get() = server.geminiUrl
    override val whole: String = """{"systemInstruction":{"parts":[{"text":"Be brief."}]},""" +
        """"contents":[{"role":"user","parts":[{"text":"Weather in Paris?"}]},""" +
        """{"role":"model","parts":[{"text":"Let me look."},""" +
        """{"functionCall":{"id":"c1","name":"weather","args":{"city":"Paris"}}}]},""" +
        """{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"weather",""" +
        """"response":{"output":"sunny"}}}]},{"role":"user","parts":[{"text":"And tomorrow?"}]}],""" +
        """"tools":[{"functionDeclarations":[{"name":"weather","description":"Tells the weather",""" +
        """"parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}}}}]}],""" +
        """"generationConfig":{"maxOutputTokens":50,"temperature":0.25}}"""
    override val keyHeader: Pair<String, String> get() = "x-goog-api-key" to KEY
    override val calledTool: String get() = "/contents/1/parts/0/functionCall/name"
    override val toolSchema: String get() = "/tools/0/functionDeclarations/0/parametersJsonSchema"

    /** More may arrive until the body ends, or until the timeout between tokens expires. */
    @Test
    override fun `a stream that stays open behind its end marker is done at once`(): Unit = blocking {
        val isRead = CompletableDeferred<Unit>()
        val body =
            """{"candidates":[{"content":{"parts":[{"text":"one two"}]},"finishReason":"STOP"}]}"""
        val silent =
            ScriptedTransport("data: $body\n\n") {
                isRead.complete(Unit)
                awaitCancellation()
            }
        val model = model(transport = silent) { timeouts(Timeouts.builder().betweenTokens(SILENCE).build()) }
        val clock = HandClock()
        val last = async(clock.context) { model.stream("hi").toList().last() }
        isRead.await()
        clock.passUntil(SILENCE) { last.isCompleted }
        assertEquals("one two", (last.await() as ChatEvent.Finished).response.text)
    }

    override fun modelOf(request: FakeRequest): String? =
        Regex("/v1beta/models/(.*):generateContent").matchEntire(request.path)?.groupValues?.get(1)

    /** Every piece reports the prompt tokens, and there is no piece before the first token. */
    override fun usageWith(partial: String?): Usage? = partial?.let { usageOf(7, null, total = null) }

    override fun finishWord(reason: String): String = WORDS[reason] ?: reason

    private companion object {
        val WORDS = mapOf("stop" to "STOP", "length" to "MAX_TOKENS")
    }
}
