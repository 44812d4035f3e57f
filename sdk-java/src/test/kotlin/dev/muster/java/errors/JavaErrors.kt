package dev.muster.java.errors

import dev.muster.chat.text
import dev.muster.concurrent.Hedge
import dev.muster.error.ProviderException
import dev.muster.java.Agent
import dev.muster.java.Call
import dev.muster.java.CallbackQueue
import dev.muster.java.Calls
import dev.muster.java.Muster
import dev.muster.java.StreamCall
import dev.muster.java.Tools
import dev.muster.observe.ConcurrencyMeter
import dev.muster.resilience.RetryPolicy
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.ExecutionException
import java.util.concurrent.Flow
import java.util.concurrent.TimeUnit.SECONDS
import java.util.function.BiConsumer

/** The facade. Its styles differ in how they wait for a call: [ending] returns its failure, or null. */
internal class JavaErrors(
    override val style: String,
    /** Runs a call to its end and returns its failure, or null if it gave a value. */
    val ending: (Call<out Any?>) -> Throwable?,
) : ErrorRunner {
    override fun has(spot: Spot, around: Around): Boolean = true

    override fun failure(scene: Scene, spot: Spot, around: Around): Throwable? {
        val muster = Muster.builder()
            .environment(emptyMap())
            .provider("faulty") { it.baseUrl(scene.url) }
            .concurrencyLimiter("faulty", scene.limiter)
            .retry(scene.retry)
            .model(OwnModel(scene))
            .build()
        return muster.use { ending(Program(it, scene).around(around, spot)) }
    }

    private class Program(private val muster: Muster, private val scene: Scene) {
        private val error = scene.error
        private val model = muster.model(Scene.MODEL)
        private val policy = RetryPolicy.builder().maxRetries(2).firstBackoff(Duration.ZERO)

        fun around(around: Around, spot: Spot): Call<out Any?> {
            val call = at(spot)
            val both = listOf("hang", "call")
            val each = { item: String -> if (item == "hang") model.ask("hang") else call }
            return when (around) {
                Around.NOTHING -> call
                Around.GATHER -> Calls.gather(both, each)
                Around.SETTLED -> Calls.gatherSettled(both, each)
                Around.RACE -> Calls.race(both, each)
                Around.SELECT -> Calls.select(both, each)
                Around.AS_COMPLETED -> Calls.asCompleted(both, each).toList()
                Around.ORDERED -> Calls.mapConcurrent(both, 2, each).toList()
                Around.UNORDERED -> Calls.mapConcurrentUnordered(both, 2, each).toList()
                Around.CHUNKED -> Calls.mapChunked(both, 2, each).toList()
                Around.PIPELINE -> Calls.pipeline(both).stage(2, each).stage(1) { Call.value(it) }.toList()
                Around.BATCH -> Calls.batch(both, each)
                Around.FAIL_FAST -> Calls.batch(both, each).failFast()
                Around.HEDGE -> call.hedge(Hedge.after(Duration.ofHours(1)))
                Around.SECOND_COPY -> secondCopy(call)
                Around.FALLBACK -> call.fallback(model.ask("ok"))
                Around.RETRY -> call.retry(policy.build())
                Around.ONCE -> call.once()
                Around.TIMEOUT -> call.timeout(Duration.ofHours(1))
                Around.METER -> call.measuredBy(ConcurrencyMeter())
                Around.IN_A_TOOL -> agent { Tools.call("act", "Acts", Place::class.java) { call } }.ask("act")
                Around.LONG_CHAIN -> (1..200).fold(call) { longer, _ -> longer.timeout(Duration.ofHours(1)) }
                Around.RECOVERED -> call.recover { "recovered" }.recoverWith { model.ask("ok") }
            }
        }

        private fun secondCopy(call: Call<Any?>): Call<Any?> {
            val first = java.util.concurrent.atomic.AtomicBoolean(true)
            val copies = Call.value(1).then { if (first.getAndSet(false)) model.ask("hang") else call }
            return copies.hedge(Hedge.after(Duration.ZERO))
        }

        @Suppress("UNCHECKED_CAST")
        private fun at(spot: Spot): Call<Any?> = call(spot) as Call<Any?>

        private fun call(spot: Spot): Call<out Any?> = when (spot) {
            Spot.CHAT -> model.ask("boom")

            Spot.STREAM -> model.stream("boom").text().toList()

            Spot.STREAM_AFTER_A_TOKEN -> model.stream("late").text().toList()

            Spot.OWN_MODEL -> muster.model("own::model").ask("Hi")

            Spot.OWN_MODEL_STREAM -> muster.model("own::model").stream("Hi").text().toList()

            Spot.MODELS -> muster.models("faulty")

            Spot.EMBEDDING -> muster.embeddingModel(Scene.MODEL).embed("Hi")

            Spot.CLIENT_RETRY_IF, Spot.CLIENT_ON_RETRY -> model.ask("busy")

            Spot.OPERATOR_RETRY_IF ->
                Call.failure<Any?>(ProviderException("503")).retry(policy.retryIf { throw error }.build())

            Spot.OPERATOR_ON_RETRY ->
                Call.failure<Any?>(ProviderException("503")).retry(policy.onRetry { throw error }.build())

            Spot.TASK -> Call.of { throw error }

            Spot.MAPPER -> Calls.gather<String, Any?>(listOf("x")) { throw error }

            Spot.ITEMS -> Calls.mapConcurrent<Int, Any?>(Iterable { throw error }, 2) { Call.value(it) }.toList()

            Spot.STREAM_MAPPER -> model.stream("ok").map<Any?> { throw error }.toList()

            Spot.CONSUMER -> model.stream("ok").forEach { throw error }

            Spot.PROGRESS -> Calls.batch<String, Any?>(listOf("x")) { Call.value(it) }.onProgress { throw error }

            Spot.BATCH_ID -> Calls.batch<String, Any?>(listOf("x")) { Call.value(it) }.id { throw error }

            Spot.TOOL -> agent { Tools.of("act", "Acts", Place::class.java) { throw error } }.ask("act")

            Spot.TOOL_ARGUMENTS -> Faulty.throwing(error) {
                agent { Tools.of("act", "Acts", FaultyPlace::class.java) { "never" } }.ask("act")
            }

            Spot.ANSWER -> Faulty.throwing(error) { model.returning(FaultyPlace::class.java).ask("town") }

            Spot.CONVERSATION -> agent().conversation().ask("boom")

            Spot.CONVERSATION_STREAM -> agent().conversation().stream("late").text().toList()

            Spot.MAP -> model.ask("ok").map<Any?> { throw error }

            Spot.THEN -> model.ask("ok").then<Any?> { throw error }

            Spot.RECOVER -> Call.failure<Any?>(IllegalStateException("first")).recover { throw error }

            Spot.RECOVER_WITH -> Call.failure<Any?>(IllegalStateException("first")).recoverWith { throw error }

            Spot.SUPPLIER -> Call.fromFuture<Any?> { throw error }

            Spot.STAGE -> Call.fromFuture { CompletableFuture.supplyAsync<Any?> { throw error } }

            Spot.STAGE_THAT_THROWS -> Call.fromFuture<Any?> { StageThatThrows(error) }

            Spot.COMBINER -> Calls.zip<Any?, Any?, Any?>(Call.value(1), Call.value(2)) { _, _ -> throw error }
        }

        private fun agent(tool: (() -> dev.muster.agent.AgentTool)? = null): Agent {
            val builder = muster.agent(Scene.MODEL)
            if (tool != null) builder.tool(tool())
            return builder.build()
        }
    }

    /** A broken stage of another library. */
    private class StageThatThrows(private val error: Error) :
        CompletableFuture<Any?>(),
        CompletionStage<Any?> {
        override fun whenComplete(action: BiConsumer<in Any?, in Throwable>): CompletableFuture<Any?> = throw error
    }

    companion object {
        val STYLES: List<JavaErrors> = listOf(
            JavaErrors("execute") { caught { it.execute() } },
            JavaErrors("executeAsync") { caught { it.executeAsync().get(60, SECONDS) } },
            JavaErrors("a derived stage") { caught { it.executeAsync().thenApply { x -> x }.get(60, SECONDS) } },
            JavaErrors("enqueue") { call -> told { call.enqueue({ _ -> it.complete(null) }, it::complete) } },
            JavaErrors("CallbackQueue") { call ->
                val queue = CallbackQueue()
                told {
                    queue.enqueue(call, { _ -> it.complete(null) }, it::complete)
                    queue.processAll(Duration.ofSeconds(60))
                }
            },
            JavaErrors("CallStream") { call -> caught { stream(call).open().use { it.toList() } } },
            JavaErrors("forEach") { call -> caught { stream(call).forEach { }.execute() } },
            JavaErrors("publisher") { call -> told { stream(call).publisher().subscribe(Listening(it)) } },
        )

        fun style(name: String): JavaErrors = STYLES.single { it.style == name }

        fun stream(call: Call<out Any?>): StreamCall<Any> =
            Calls.mapConcurrent(listOf(call), 1) { it.map { value -> value ?: "null" } }

        private fun told(start: (CompletableFuture<Throwable?>) -> Unit): Throwable? {
            val end = CompletableFuture<Throwable?>()
            return caught { start(end) } ?: end.get(60, SECONDS)
        }

        @Suppress("TooGenericExceptionCaught")
        fun caught(block: () -> Unit): Throwable? = try {
            block()
            null
        } catch (e: ExecutionException) {
            // As for every future, a stage derived from a failed one wraps the failure.
            e.cause.let { if (it is CompletionException) it.cause else it }
        } catch (e: Throwable) {
            e
        }
    }

    private class Listening(private val end: CompletableFuture<Throwable?>) : Flow.Subscriber<Any> {
        override fun onSubscribe(subscription: Flow.Subscription) = subscription.request(Long.MAX_VALUE)

        override fun onNext(item: Any) = Unit

        override fun onError(throwable: Throwable) {
            end.complete(throwable)
        }

        override fun onComplete() {
            end.complete(null)
        }
    }
}
