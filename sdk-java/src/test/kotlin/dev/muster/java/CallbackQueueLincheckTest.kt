package dev.muster.java

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions
import org.jetbrains.lincheck.datastructures.Operation
import org.jetbrains.lincheck.datastructures.StressOptions
import org.jetbrains.lincheck.datastructures.Validate
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

/**
 * With one processing thread, a call to process runs the tasks that were queued before it ended, in order, and each
 * once.
 */
// Slow: the threads spin while they wait for each other, which takes minutes on a busy machine.
@Tag("slow")
@Timeout(1800)
class CallbackQueueLincheckTest {
    private val queue = CallbackQueue()
    private var ran = ArrayList<Int>()

    @Operation
    fun execute(task: Int): Unit = queue.execute { ran += task }

    @Operation(nonParallelGroup = "pump")
    fun process(): List<Int> {
        ran = ArrayList()
        val count = queue.process()
        check(count == ran.size) { "$count tasks were counted, ${ran.size} ran" }
        return ran
    }

    @Test
    fun `B23 the queue is linearizable for one thread that pumps`() = ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .check(this::class)

    @Test
    fun `B23 the queue is linearizable for one thread that pumps, for longer`() {
        ModelCheckingOptions().iterations(100).threads(3).invocationsPerIteration(2_000).check(this::class)
        StressOptions().iterations(100).threads(3).invocationsPerIteration(5_000).check(this::class)
    }
}

/**
 * With several processing threads, tasks are distributed in ways that a single thread cannot show. Each task still runs
 * once, and none is pending after all have run. A wait with a timeout may end at any moment here; [CallbackQueueTest]
 * shows that waiting threads are woken.
 */
// Slow: the threads spin while they wait for each other, which takes minutes on a busy machine.
@Tag("slow")
@Timeout(1800)
class CallbackQueuePumpsLincheckTest {
    private val queue = CallbackQueue()
    private val handedIn = AtomicInteger()
    private val ran = AtomicInteger()
    private val counted = AtomicInteger()

    @Operation
    fun execute() {
        handedIn.incrementAndGet()
        queue.execute { ran.incrementAndGet() }
    }

    @Operation
    fun executeInATask() {
        handedIn.addAndGet(2)
        queue.execute {
            ran.incrementAndGet()
            queue.execute { ran.incrementAndGet() }
        }
    }

    @Operation
    fun process() {
        counted.addAndGet(queue.process())
    }

    @Operation
    fun processAll() {
        counted.addAndGet(queue.processAll(Duration.ofDays(1)))
    }

    @Validate
    fun `none is lost and none runs twice`() {
        counted.addAndGet(queue.process())
        check(!queue.hasPending()) { "${queue.pending()} are pending" }
        check(ran.get() == handedIn.get()) { "${handedIn.get()} were handed in, ${ran.get()} ran" }
        check(counted.get() == ran.get()) { "${counted.get()} were counted, ${ran.get()} ran" }
    }

    @Test
    fun `B23 with several pumps no task is lost or run twice`() = ModelCheckingOptions()
        .iterations(8)
        .invocationsPerIteration(300)
        .verifier(EpsilonVerifier::class.java)
        .check(this::class)

    @Test
    fun `B23 with several pumps no task is lost or run twice, for longer`() {
        ModelCheckingOptions()
            .iterations(100)
            .threads(3)
            .invocationsPerIteration(2_000)
            .verifier(EpsilonVerifier::class.java)
            .check(this::class)
        StressOptions()
            .iterations(100)
            .threads(3)
            .invocationsPerIteration(5_000)
            .verifier(EpsilonVerifier::class.java)
            .check(this::class)
    }
}
