package dev.muster.java.errors

import dev.muster.MusterClient
import dev.muster.agent.ChatAgent
import dev.muster.agent.returning
import dev.muster.agent.text
import dev.muster.agent.tool
import dev.muster.batch.batch
import dev.muster.chat.ToolDefinition
import dev.muster.chat.text
import dev.muster.concurrent.Branch
import dev.muster.concurrent.Hedge
import dev.muster.concurrent.Once
import dev.muster.concurrent.asCompleted
import dev.muster.concurrent.deadline
import dev.muster.concurrent.fallback
import dev.muster.concurrent.gather
import dev.muster.concurrent.gatherSettled
import dev.muster.concurrent.hedge
import dev.muster.concurrent.interruptible
import dev.muster.concurrent.mapChunked
import dev.muster.concurrent.mapConcurrent
import dev.muster.concurrent.mapConcurrentUnordered
import dev.muster.concurrent.pipeline
import dev.muster.concurrent.race
import dev.muster.concurrent.selectFirst
import dev.muster.embedding.embed
import dev.muster.error.ProviderException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.retry
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.Serializable
import java.time.Duration
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

/** The core, from a coroutine. */
internal class SuspendErrors : ErrorRunner {
    override val style: String = "suspend"

    override fun has(spot: Spot, around: Around): Boolean = spot < Spot.MAP && around != Around.RECOVERED

    @Suppress("TooGenericExceptionCaught")
    override fun failure(scene: Scene, spot: Spot, around: Around): Throwable? = try {
        runBlocking(Dispatchers.Default) {
            withTimeout(60.seconds) { client(scene).use { run(it, scene, spot, around) } }
        }
        null
    } catch (e: Throwable) {
        e
    }

    private fun client(scene: Scene) = MusterClient {
        environment(emptyMap())
        provider("faulty") { it.baseUrl(scene.url) }
        concurrencyLimiter("faulty", scene.limiter)
        retry(scene.retry)
        model(OwnModel(scene))
    }

    private suspend fun run(client: MusterClient, scene: Scene, spot: Spot, around: Around) {
        Program(client, scene).around(around, spot)
    }

    private class Program(private val client: MusterClient, private val scene: Scene) {
        private val error = scene.error
        private val model = client.model(Scene.MODEL)
        private val policy = RetryPolicy.builder().maxRetries(2).firstBackoff(Duration.ZERO)

        suspend fun around(around: Around, spot: Spot): Any? {
            val both = listOf("hang", "call")
            val call: suspend () -> Any? = { at(spot) }
            val each: suspend (String) -> Any? = { if (it == "hang") model.ask("hang") else call() }
            return when (around) {
                Around.NOTHING -> call()

                Around.GATHER -> gather(both, each)

                Around.SETTLED -> gatherSettled(both, each)

                Around.RACE -> race(both.map { Branch(it) { each(it) } })

                Around.SELECT -> selectFirst(both.map { Branch(it) { each(it) } })

                Around.AS_COMPLETED -> asCompleted(both, call = each).toList()

                Around.ORDERED -> both.mapConcurrent(2, transform = each).toList()

                Around.UNORDERED -> both.mapConcurrentUnordered(2, each).toList()

                Around.CHUNKED -> both.mapChunked(2, each).toList()

                Around.PIPELINE -> pipeline(both).stage(2, transform = each).stage(1) { it }.toList()

                Around.BATCH -> batch(both, call = each)

                Around.FAIL_FAST -> batch(both, { failFast() }, each)

                Around.HEDGE -> hedge(Hedge.after(Duration.ofHours(1)), call)

                Around.SECOND_COPY -> {
                    val first = AtomicBoolean(true)
                    hedge(Hedge.after(Duration.ZERO)) { if (first.getAndSet(false)) model.ask("hang") else call() }
                }

                Around.FALLBACK -> fallback(call, { model.ask("ok") })

                Around.RETRY -> retry(policy.build(), call)

                Around.ONCE -> Once(call).get()

                Around.TIMEOUT -> deadline(1.hours, call)

                Around.METER -> ConcurrencyMeter().measure(call)

                Around.IN_A_TOOL -> agent { call().toString() }.ask("act")

                Around.LONG_CHAIN -> longer(20, call)

                Around.RECOVERED -> error("Kotlin has try and catch")
            }
        }

        private suspend fun longer(times: Int, call: suspend () -> Any?): Any? =
            if (times == 0) call() else deadline(1.hours) { longer(times - 1, call) }

        private suspend fun at(spot: Spot): Any? = when (spot) {
            Spot.CHAT -> model.ask("boom")
            Spot.STREAM -> model.stream("boom").text().toList()
            Spot.STREAM_AFTER_A_TOKEN -> model.stream("late").text().toList()
            Spot.OWN_MODEL -> client.model("own::model").ask("Hi")
            Spot.OWN_MODEL_STREAM -> client.model("own::model").stream("Hi").text().toList()
            Spot.MODELS -> client.models("faulty")
            Spot.EMBEDDING -> client.embeddingModel(Scene.MODEL).embed("Hi")
            Spot.CLIENT_RETRY_IF, Spot.CLIENT_ON_RETRY -> model.ask("busy")
            Spot.OPERATOR_RETRY_IF -> retry(policy.retryIf { throw error }.build()) { throw ProviderException("503") }
            Spot.OPERATOR_ON_RETRY -> retry(policy.onRetry { throw error }.build()) { throw ProviderException("503") }
            Spot.TASK -> interruptible<Any?>({ Thread(it).start() }) { throw error }
            Spot.MAPPER -> gather(listOf("x")) { throw error }
            Spot.ITEMS -> flow<Int> { throw error }.mapConcurrent(2) { it }.toList()
            Spot.STREAM_MAPPER -> model.stream("ok").mapConcurrent(1) { throw error }.toList()
            Spot.CONSUMER -> model.stream("ok").collect { throw error }
            Spot.PROGRESS -> batch(listOf("x"), { onProgress { throw error } }) { it }
            Spot.BATCH_ID -> batch(listOf("x"), { id { throw error } }) { it }
            Spot.TOOL -> agent { throw error }.ask("act")
            Spot.TOOL_ARGUMENTS -> Faulty.throwing(error) { agentWithArguments() }.ask("act")
            Spot.ANSWER -> Faulty.throwing(error) { model }.returning<SerialPlace>().ask("town")
            Spot.CONVERSATION -> client.agent(Scene.MODEL).conversation().ask("boom")
            Spot.CONVERSATION_STREAM -> client.agent(Scene.MODEL).conversation().stream("late").text().toList()
            else -> error("Kotlin has no $spot")
        }

        private fun agent(body: suspend () -> String): ChatAgent {
            val properties = mapOf("name" to mapOf("type" to "string"))
            val schema = mapOf("type" to "object", "properties" to properties)
            return client.agent(Scene.MODEL) { tool(tool(ToolDefinition("act", "Acts", schema)) { body() }) }
        }

        private fun agentWithArguments(): ChatAgent =
            client.agent(Scene.MODEL) { tool(tool("act", "Acts") { _: SerialPlace -> "never" }) }
    }
}

/** Cannot be created from its JSON. */
@Serializable
internal data class SerialPlace(val name: String) {
    init {
        Faulty.fail()
    }
}
