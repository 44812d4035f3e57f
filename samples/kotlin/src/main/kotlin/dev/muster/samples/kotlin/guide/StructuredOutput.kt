@file:Suppress("unused")

package dev.muster.samples.kotlin.guide

import dev.muster.agent.AgentEvent
import dev.muster.agent.AgentTool
import dev.muster.agent.ChatAgent
import dev.muster.agent.Description
import dev.muster.agent.OutputType
import dev.muster.agent.ask
import dev.muster.agent.chat
import dev.muster.agent.outputType
import dev.muster.agent.tool
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.ResponseFormat
import dev.muster.error.StructuredOutputException
import dev.muster.model.ChatModel
import kotlinx.serialization.Contextual
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import kotlinx.serialization.modules.SerializersModule
import org.slf4j.LoggerFactory
import java.time.Instant

/*
 * What docs/structured-output.md shows.
 */

private val log = LoggerFactory.getLogger("guide")

@Serializable
@Description("A recipe for one evening")
internal data class Recipe(
    val name: String,
    @Description("From start to table, in minutes") val minutes: Int,
    val steps: List<Step>,
    val difficulty: Difficulty,
    val note: String? = null,
)

@Serializable
internal data class Step(val text: String)

@Serializable
internal enum class Difficulty { EASY, HARD }

internal suspend fun recipe(agent: ChatAgent) {
    val recipe = agent.ask<Recipe>("A soup for tonight")
    log.info("{} takes {} minutes", recipe.name, recipe.minutes)
}

@Serializable
internal sealed interface Reply

@Serializable
@SerialName("order")
internal data class Order(val dish: String, val count: Int) : Reply

@Serializable
@SerialName("question")
internal data class Question(val text: String) : Reply

internal suspend fun serve(model: ChatModel, guest: String): String = when (val reply = model.ask<Reply>(guest)) {
    is Order -> "${reply.count} x ${reply.dish}"
    is Question -> "The guest asks: ${reply.text}"
}

internal suspend fun menu(agent: ChatAgent): List<Recipe> = agent.ask<List<Recipe>>("Three soups for this week")

internal suspend fun failure(agent: ChatAgent): Recipe? = try {
    val answer = agent.chat<Recipe>("A soup for tonight")
    log.info("{} tries, {}", answer.tries, answer.usage())
    answer.value
} catch (e: StructuredOutputException) {
    log.warn("{} after {} tries, which used {}", e.message, e.tries, e.partialUsage)
    null
}

internal suspend fun afterTools(model: ChatModel, larder: AgentTool): Recipe =
    ChatAgent.builder(model).tool(larder).build().ask<Recipe>("A soup of what there is")

internal suspend fun streamedRecipe(agent: ChatAgent) {
    agent.stream("A soup for tonight", outputType<Recipe>()).collect { event ->
        when (event) {
            is AgentEvent.TextDelta -> log.info("{} more characters", event.text.length)
            is AgentEvent.Finished -> log.info("done: {}", event.structured?.value)
            else -> Unit
        }
    }
}

internal fun ownType(): OutputType<Pair<String, String>> {
    val pattern = mapOf("type" to "string", "description" to "FROM-TO, each three letters")
    return OutputType.of("route", pattern) { json ->
        val (from, to) = json.trim('"').split('-').also { require(it.size == 2) { "the route has no two ends" } }
        from to to
    }
}

@Serializable
internal data class Meeting(@Contextual val at: Instant, val place: String)

internal object InstantText : KSerializer<Instant> {
    override val descriptor = PrimitiveSerialDescriptor("instant", PrimitiveKind.STRING)

    override fun deserialize(decoder: Decoder): Instant = Instant.parse(decoder.decodeString())

    override fun serialize(encoder: Encoder, value: Instant) = encoder.encodeString(value.toString())
}

internal val meetings: Json = Json { serializersModule = SerializersModule { contextual(Instant::class, InstantText) } }

internal suspend fun meeting(agent: ChatAgent): Meeting = agent.ask("When do we meet?", outputType<Meeting>(meetings))

internal fun calendar(): AgentTool = tool("book", "Books a meeting", json = meetings) { meeting: Meeting -> meeting }

internal suspend fun responseFormat(model: ChatModel, schema: Map<String, Any?>): ChatResponse = model.chat(
    ChatRequest {
        user("A soup for tonight")
        responseFormat(ResponseFormat("recipe", schema))
    },
)
