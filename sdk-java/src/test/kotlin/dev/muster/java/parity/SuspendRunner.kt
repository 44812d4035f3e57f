package dev.muster.java.parity

import dev.muster.MusterClient
import dev.muster.agent.AgentExecutor
import dev.muster.agent.AgentTool
import dev.muster.agent.ChatAgent
import dev.muster.agent.LlmExecutor
import dev.muster.agent.SimpleExecutor
import dev.muster.agent.ToolExecution
import dev.muster.agent.ask
import dev.muster.agent.chat
import dev.muster.agent.outputType
import dev.muster.agent.text
import dev.muster.agent.tool
import dev.muster.batch.batch
import dev.muster.chat.ToolDefinition
import dev.muster.chat.text
import dev.muster.concurrent.Branch
import dev.muster.concurrent.Hedge
import dev.muster.concurrent.Once
import dev.muster.concurrent.Pipeline
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
import dev.muster.embedding.EmbeddingRequest
import dev.muster.model.ChatModel
import dev.muster.resilience.retry
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.future.await
import kotlinx.coroutines.future.future
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import java.time.Duration.ofMillis
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import kotlin.time.Duration.Companion.milliseconds

/** Runs rows as a Kotlin program does: with the suspend functions and flows of the core. */
class SuspendRunner : Runner {
    override val style: String = "suspend"

    override fun open(setup: Setup, audience: Audience): Session = SuspendSession(setup, audience)

    private class SuspendSession(setup: Setup, private val audience: Audience) : Session {
        private val client = MusterClient.builder()
            .environment(emptyMap())
            .provider("openai") { it.baseUrl(setup.openAiUrl).apiKey(setup.apiKey) }
            .provider("ollama") { it.baseUrl(setup.ollamaUrl) }
            .provider("stubborn") { it.baseUrl(setup.stubbornUrl) }
            .timeouts(setup.timeouts)
            .retry(setup.retry)
            .intercepted(setup.interception)
            .build()
        private val model: ChatModel = client.model(setup.model)
        private val embedder = client.embeddingModel(setup.model)
        private val stubborn: ChatModel = client.model("stubborn::model")
        private val expert = ChatAgent.builder(model).build()
        private val conversation = expert.conversation()
        private val shared = ConcurrentHashMap<Shared, Once<Any?>>()
        private val closed = CountDownLatch(1)
        private val context = setup.clock?.context ?: Dispatchers.Default
        private val threads = Executors.newCachedThreadPool { task -> Thread(task, "tool").apply { isDaemon = true } }

        override fun close() {
            client.close()
            closed.countDown()
            threads.shutdown()
        }

        override fun start(op: Op): Running {
            val ending = CompletableFuture<Ending>()
            val job = CoroutineScope(context).launch { ending.complete(end { value(op) }) }
            return SuspendRunning(job, ending)
        }

        private suspend fun value(op: Op): Any? = when (op) {
            is Ask -> model.ask(op.prompt)
            is AskTown -> model.ask<SerialTown>(op.prompt)
            is Embed -> embedder.embed(EmbeddingRequest.of(op.texts))
            is ListModels -> client.models(model.id.provider)
            is Value -> op.value
            is Broken -> error(op.message)
            is Unmade -> throw IllegalArgumentException(op.message)
            is Timer -> op.value.also { delay(op.millis.milliseconds) }
            is Tool -> interruptible(threads) { use(op) }
            is AskAgent -> agent(op).chat(op.prompt)
            is AskAgentTown -> agent(AskAgent(op.prompt, op.tools, PLAIN)).chat<SerialTown>(op.prompt)
            is AskAgentTowns -> agent(AskAgent(op.prompt, op.tools, PLAIN)).chat<List<SerialTown>>(op.prompt)
            is Expert -> error("An expert is a tool")
            is Execute -> executor(op.kind).execute(op.prompt)
            is Turn -> conversation.ask(op.prompt)
            is Remembered -> conversation.history.map { it.text }
            is InOrder -> op.calls.map { value(it) }
            is Stubborn -> stubborn.ask("Are you there?")
            is Then -> model.ask(op.next.replace("{}", "${value(op.first)}"))
            is Mapped -> op.into.replace("{}", "${value(op.call)}")
            is Recover -> recover(op)
            is RecoverWith -> recoverWith(op)
            is Fallback -> fallback(op.calls.map { call -> suspend { value(call) } })
            is Hedged -> hedge(hedgeOf(op)) { value(op.call) }
            is Again -> retry(op.policy) { value(op.call) }
            is Shared -> shared.computeIfAbsent(op) { Once { value(op.call) } }.get()
            is Future -> CoroutineScope(context).future { value(op.call) }.await()
            is Deadline -> deadline(op.millis.milliseconds) { value(op.call) }
            is Labelled -> value(op.call)
            is Many -> many(op)
            is ManyItems -> manyItems(op)
            is InBatch -> inBatch(op)
            is Stream -> take(flow(op))
        }

        private fun agent(op: AskAgent): ChatAgent = ChatAgent.builder(model)
            .tools(op.tools.map { (name, run) -> toolOf(name, run) })
            .toolExecution(op.how.execution)
            .maxToolRounds(op.how.maxRounds)
            .toolTimeout(op.how.toolTimeoutMillis?.let { ofMillis(it) })
            .build()

        private fun toolOf(name: String, run: Op): AgentTool =
            if (run is Expert) expert.asTool(name, "Knows") else tool(definition(name)) { "${value(run)}" }

        private fun executor(kind: Kind): LlmExecutor = when (kind) {
            Kind.MODEL -> SimpleExecutor(model, "Be brief.")
            Kind.AGENT -> AgentExecutor(agent(AskAgent("", mapOf("a" to Value("A")), PLAIN)))
            Kind.NOBODY -> LlmExecutor { it.uppercase() }
        }

        private suspend fun recover(op: Recover): Any? = try {
            value(op.call)
        } catch (e: Exception) {
            if (op.type.isInstance(e)) op.value else throw e
        }

        private suspend fun recoverWith(op: RecoverWith): Any? {
            try {
                return value(op.call)
            } catch (e: Exception) {
                if (!op.type.isInstance(e)) throw e
            }
            return value(op.next)
        }

        private suspend fun many(op: Many): Any? {
            val calls = op.calls.map { call -> suspend { value(call) } }
            return when (op.operator) {
                Operator.GATHER -> gather(*calls.toTypedArray())
                Operator.SETTLED -> gatherSettled(*calls.toTypedArray())
                Operator.RACE -> race(branches(op.calls))
                Operator.SELECT -> selectFirst(branches(op.calls))
            }
        }

        private fun branches(calls: List<Op>): List<Branch<Any?>> =
            calls.map { call -> Branch((call as? Labelled)?.label) { value(call) } }

        private suspend fun manyItems(op: ManyItems): Any? = when (op.operator) {
            Operator.GATHER -> gather(op.items) { value(each(op.each, it)) }
            Operator.SETTLED -> gatherSettled(op.items) { value(each(op.each, it)) }
            else -> many(Many(op.operator, op.items.map { each(op.each, it) }))
        }

        private suspend fun inBatch(op: InBatch): Any? = batch(
            op.items,
            {
                concurrency(op.concurrency)
                if (op.failFast) failFast()
                if (op.ids.isNotEmpty()) id { op.ids.getValue(it) }
                if (op.metadata) metadata { mapOf("length" to "${it.length}") }
                onProgress { audience.progress("$it") }
            },
        ) { value(each(op.each, it)) }

        private fun flow(op: Stream): Flow<Any?> = when (op) {
            is First -> flow(op.stream).take(op.count)

            is Tokens -> model.stream(op.prompt).text()

            is TurnTokens -> conversation.stream(op.prompt).text()

            is AgentSteps -> steps(agent(AskAgent(op.prompt, op.tools, PLAIN)), op)

            is AsCompleted -> asCompleted(op.items, {
                op.labels[it] ?: "${op.items.indexOf(it)}"
            }) { value(each(op.each, it)) }

            is Windowed -> windowed(op)

            is Piped -> piped(op).asFlow()
        }

        private fun steps(agent: ChatAgent, op: AgentSteps): Flow<Any?> =
            if (op.typed) agent.stream(op.prompt, outputType<SerialTown>()) else agent.stream(op.prompt)

        private fun piped(op: Piped): Pipeline<Any?> = op.stages.fold(pipeline<Any?>(op.items)) { before, stage ->
            before.stage(stage.concurrency) { model.ask(stage.question.replace("{}", "$it")) }
        }

        private fun windowed(op: Windowed): Flow<Any?> {
            val source = (if (op.endless) generateSequence { op.items }.flatten() else op.items.asSequence()).asFlow()
            return when (op.kind) {
                Window.ORDERED -> source.mapConcurrent(op.limit) { value(each(op.each, it)) }

                Window.UNORDERED -> source.mapConcurrentUnordered(op.limit) { value(each(op.each, it)) }

                Window.CHUNKED -> source.mapChunked(op.limit) { value(each(op.each, it)) }

                Window.BATCHED ->
                    source.batch({ concurrency(op.limit) }) { value(each(op.each, it)) }.map { it.outcome.getOrThrow() }
            }
        }

        private suspend fun take(flow: Flow<Any?>): List<Any?> = buildList {
            flow.collect {
                add(it)
                audience.taken(it).await()
            }
        }

        private fun use(tool: Tool): String {
            if (tool.value != null) return tool.value
            audience.saw(Event.TOOL_STARTED)
            try {
                closed.await()
            } catch (e: InterruptedException) {
                audience.saw(Event.INTERRUPTED)
                throw e
            }
            error("Nobody has interrupted the tool")
        }
    }

    private class SuspendRunning(private val job: Job, override val ending: CompletableFuture<Ending>) : Running {
        override fun cancel() = job.cancel()
    }

    private companion object {
        fun hedgeOf(op: Hedged): Hedge = Hedge.builder().delay(ofMillis(op.millis)).maxExtra(op.extra).build()
        val PLAIN = AgentSettings(ToolExecution.CONCURRENT, 10, null)

        fun definition(name: String): ToolDefinition {
            val properties = mapOf("n" to mapOf("type" to listOf("integer", "null")))
            val schema = mapOf("type" to "object", "properties" to properties, "additionalProperties" to false)
            return ToolDefinition(name, "Does $name", schema)
        }

        fun each(each: Map<String, Op>, item: String): Op = each[item] ?: Ask(item)

        /** Every ending is data here, even the cancellation of the coroutine, which ends with this function. */
        suspend fun end(block: suspend () -> Any?): Ending = try {
            Ending(block(), null)
        } catch (e: Throwable) {
            Ending(null, e)
        }
    }
}

/** The class that a Kotlin program asks for in place of a [Town]. */
@Serializable
data class SerialTown(val name: String, val people: Int, val rivers: List<String>, val mayor: String? = null)
