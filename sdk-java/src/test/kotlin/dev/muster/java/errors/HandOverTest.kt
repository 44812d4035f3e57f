package dev.muster.java.errors

import dev.muster.java.Call
import dev.muster.java.CallbackQueue
import dev.muster.java.Model
import dev.muster.java.Muster
import dev.muster.java.errors.FaultyCarrier.Step
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.Timeout
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.Flow
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit.SECONDS

/** D4: the user's code that stands between a call and the one who waits for it: executors, carriers, callbacks. */
@Timeout(180)
class HandOverTest {
    private val blocking = setOf("execute", "CallStream", "forEach")

    /** They have a function of the test's, which makes the call. */
    private val streams = setOf("CallStream", "forEach", "publisher")

    /** Each step of a carrier, and in which styles the call then fails. */
    private val carriers: Map<Step, (style: String) -> Boolean> = mapOf(
        Step.CAPTURE to { _ -> true },
        Step.CONTEXT to { _ -> true },
        Step.RESTORE to { _ -> true },
        Step.PUT_BACK to { _ -> true },
        Step.WAITING to { it in blocking },
        Step.WOKEN to { it in blocking },
    )

    @TestFactory
    fun `D4 a carrier that throws an Error ends the call with it`(): List<DynamicTest> =
        carriers.flatMap { (step, fails) ->
            rows("$step") { style, fault -> if (fails(style)) fault else null }.map { (name, style, expected) ->
                dynamicTest(name) {
                    seen(expected) { model, error ->
                        val call = model.ask("ok").map { it }
                        FaultyCarrier.throwing(step, error) { style.ending(call) }
                    }
                }
            }
        }

    @TestFactory
    fun `D4 a carrier that throws an Error ends a call without code of the user's, too`(): List<DynamicTest> {
        // Nothing is restored for one who waits on a thread of theirs.
        return rows("RESTORE") { style, fault ->
            if (style ==
                "execute"
            ) {
                null
            } else {
                fault
            }
        }.map { (name, style, expected) ->
            dynamicTest(name) {
                seen(expected) { model, error ->
                    FaultyCarrier.throwing(Step.RESTORE, error) { style.ending(model.ask("ok")) }
                }
            }
        }
    }

    private enum class Executors(private val make: (Throwable) -> Executor) {
        THAT_THROWS({ error -> Executor { throw error } }),
        THAT_THROWS_AFTERWARDS({ error ->
            Executor {
                it.run()
                throw error
            }
        }),
        ;

        fun of(error: Throwable): Executor = make(error)
    }

    @TestFactory
    fun `D4 an executor that throws an Error ends a call whose function it should run`(): List<DynamicTest> =
        Executors.entries.flatMap { executor ->
            rows("$executor") { _, fault -> fault }.map { (name, style, expected) ->
                dynamicTest(name) {
                    seen(expected) { model, error ->
                        style.ending(model.ask("ok").callbacksOn(executor.of(error)).map { it })
                    }
                }
            }
        }

    @TestFactory
    fun `D4 an executor that throws an Error in place of handing over the end is the end`(): List<DynamicTest> {
        val handedOver = setOf("executeAsync", "a derived stage", "enqueue")
        val all = rows("end") { style, fault -> if (style in handedOver) fault else null }
        return all.filter { it.style.style !in streams }.map { (name, style, expected) ->
            dynamicTest(name) {
                seen(expected) { model, error -> style.ending(model.ask("ok").callbacksOn { throw error }) }
            }
        }
    }

    @TestFactory
    fun `D4 an executor that refuses the end, by whichever exception, does not lose it`(): List<DynamicTest> =
        listOf(RejectedExecutionException("full"), IllegalStateException("broken")).flatMap { refusal ->
            JavaErrors.STYLES.filter { it.style !in streams }.map { style ->
                dynamicTest("${refusal.message} [${style.style}]") {
                    seen(null) { model, _ -> style.ending(model.ask("ok").callbacksOn { throw refusal }) }
                }
            }
        }

    @Test
    fun `D4 a publisher on an executor that throws ends its subscriber`() {
        for (refusal in listOf(NoClassDefFoundError("injected"), RejectedExecutionException("full"))) {
            seen(refusal) { model, _ ->
                val end = CompletableFuture<Throwable?>()
                model.stream("ok").callbacksOn { throw refusal }.publisher().subscribe(Ending(end))
                end.get(60, SECONDS)
            }
        }
    }

    @TestFactory
    fun `D4 a subscriber that throws an Error closes the exchange`(): List<DynamicTest> =
        listOf("onSubscribe", "onNext").map { method ->
            dynamicTest(method) {
                seen(null) { model, error ->
                    val thrown = CompletableFuture<Unit>()
                    model.stream("hang").publisher().subscribe(
                        object : Ending(CompletableFuture()) {
                            override fun onSubscribe(subscription: Flow.Subscription) {
                                super.onSubscribe(subscription)
                                fail("onSubscribe")
                            }

                            override fun onNext(item: Any) = fail("onNext")

                            private fun fail(where: String) {
                                if (where != method) return
                                thrown.complete(Unit)
                                throw error
                            }
                        },
                    )
                    thrown.get(60, SECONDS)
                    null
                }
            }
        }

    @Test
    fun `D4 a callback of a queue that throws an Error throws it from the pump, and the next one runs`() {
        val error = AssertionError("injected")
        val queue = CallbackQueue()
        val ran = ArrayList<Int>()
        queue.execute { throw error }
        queue.execute { ran += 1 }
        assertSame(error, assertThrows(AssertionError::class.java) { queue.process() })
        assertEquals(1, queue.pending())
        assertEquals(1, queue.process())
        assertEquals(listOf(1), ran)
    }

    @Test
    fun `D4 a call that could not be started is not pending in a queue`() {
        val error = NoClassDefFoundError("injected")
        val queue = CallbackQueue()
        val thrown = assertThrows(NoClassDefFoundError::class.java) {
            FaultyCarrier.throwing(Step.CAPTURE, error) { queue.enqueue(Call.value(1)) { } }
        }
        assertSame(error, thrown)
        assertEquals(0, queue.pending())
        assertEquals(0, queue.processAll(Duration.ofHours(1)))
    }

    @Test
    fun `D4 an Error of a shared run is told to all who wait, and not to the handler of uncaught exceptions`() {
        val uncaught = ArrayList<Throwable>()
        val before = Thread.getDefaultUncaughtExceptionHandler()
        Thread.setDefaultUncaughtExceptionHandler { _, e -> synchronized(uncaught) { uncaught += e } }
        try {
            val error = OutOfMemoryError("injected")
            val begin = CompletableFuture<Unit>()
            val shared = Call.of<Any> {
                begin.get(60, SECONDS)
                throw error
            }.once()
            val first = shared.executeAsync()
            val second = shared.executeAsync()
            begin.complete(Unit)
            for (future in listOf(first, second, shared.executeAsync())) {
                assertSame(error, JavaErrors.caught { future.get(60, SECONDS) })
            }
            assertTrue(uncaught.isEmpty(), "$uncaught")
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before)
        }
    }

    private data class HandOver(val name: String, val style: JavaErrors, val expected: Throwable?)

    private fun rows(name: String, expected: (style: String, fault: Error) -> Throwable?): List<HandOver> =
        JavaErrors.STYLES.mapIndexed { index, style ->
            val fault = Fault.entries[index % Fault.entries.size].error()
            HandOver("$name [${style.style}]", style, expected(style.style, fault))
        }

    /** Runs [run] with a client, and asserts that it gives [expected] and leaves nothing open. */
    private fun seen(expected: Throwable?, run: (Model, Error) -> Throwable?) {
        val error = expected as? Error ?: AssertionError("injected")
        Scene(Spot.CHAT, error).use { scene ->
            val builder = Muster.builder().environment(emptyMap()).concurrencyLimiter("faulty", scene.limiter)
            val failure = builder.provider("faulty") {
                it.baseUrl(scene.url)
            }.build().use { run(it.model(Scene.MODEL), error) }
            if (expected ==
                null
            ) {
                assertNull(failure)
            } else {
                assertSame(expected, failure) { failure?.stackTraceToString() }
            }
            assertEquals(0, scene.openInTheEnd(), "exchanges are open")
            assertEquals(0, scene.slotsInTheEnd(), "slots are taken")
        }
    }

    private open class Ending(private val end: CompletableFuture<Throwable?>) : Flow.Subscriber<Any> {
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
