package dev.muster.java.cancel

import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong

/** A server whose every response calls a tool that never ends by itself. The end of the tool shows the cancel. */
internal class ToolScene : Scene {
    private val server = FakeServer.start().otherwise(FakeReply.toolCall("c1", Inside.TOOL, "{}"))
    private val runs = Semaphore(0)
    private val ends = Semaphore(0)
    private val endedAt = AtomicLong()
    private var calls = 0

    override val url: String get() = server.openAiUrl

    override val inside: Inside = object : Inside {
        override fun entered() = runs.release()

        override fun left() {
            endedAt.set(System.nanoTime())
            ends.release()
        }
    }

    override fun begin() {
        calls++
        ends.drainPermits()
    }

    override fun entered(time: Duration): Boolean = runs.tryAcquire(1, time.toNanos(), TimeUnit.NANOSECONDS)

    override fun awaitClosed(time: Duration): Long? {
        check(ends.tryAcquire(1, time.toNanos(), TimeUnit.NANOSECONDS)) { "the tool still runs" }
        return endedAt.get()
    }

    /** A tool result that is sent back would be one more request than there were calls. */
    override fun surplus(): Int = server.requestCount - calls

    override fun close() = server.close()
}
