package dev.muster.fake.internal

import dev.muster.fake.internal.net.Connection
import dev.muster.fake.internal.net.EventLoop
import dev.muster.fake.internal.net.Timer
import java.nio.ByteBuffer

/** Executes the steps of one reply on the loop, until it is complete, cut off, or its client has closed. */
internal class ReplyRunner(
    private val engine: Engine,
    private val connection: Connection,
    private val exchange: Exchange,
    private val steps: Iterator<Step>,
    private val byteByByte: Boolean,
) {
    private val loop: EventLoop = engine.loop
    private var timer: Timer? = null
    private var waiter: Gates.Waiter? = null
    private var begun = false
    private var ended = false
    private var slow: Step.Send? = null
    private var slowAt = 0

    fun run() {
        timer = null
        waiter = null
        var turns = TURNS
        while (!ended && connection.isOpen) {
            if (connection.pendingBytes > HIGH_WATER) return connection.afterFlush { run() }
            if (slow != null || turns-- == 0) {
                // Let other connections run, and send single bytes one by one.
                if (slow != null) sendByte()
                connection.flush()
                return loop.execute { run() }
            }
            if (!take(steps.next())) return
        }
    }

    /** Called when the client has closed or the server stops: nothing more of this reply happens. */
    fun stop() {
        ended = true
        timer?.let { loop.cancel(it) }
        waiter?.let { engine.gates.cancel(it) }
    }

    /** Returns whether to continue with the next step immediately. */
    private fun take(step: Step): Boolean {
        when (step) {
            is Step.Send -> {
                if (byteByByte && step.bytes.isNotEmpty()) {
                    slow = step
                    slowAt = 0
                } else {
                    connection.send(ByteBuffer.wrap(step.bytes)) { sent(step.mark) }
                }
                return true
            }

            is Step.Wait -> {
                connection.flush()
                if (!ended) timer = loop.schedule(step.nanos) { run() }
            }

            is Step.Gate -> return gate(step.name)

            is Step.HoldUntil -> return holdUntil(step.target)

            is Step.Silence -> connection.flush()

            is Step.Cut -> connection.afterFlush { cut(step.reset) }

            is Step.Done -> connection.afterFlush { done(step.after) }
        }
        return false
    }

    private fun gate(name: String): Boolean {
        if (engine.gates.isOpen(name)) return true
        connection.flush()
        if (!ended) waiter = engine.gates.await(name) { run() }
        return false
    }

    private fun holdUntil(own: Int): Boolean {
        val target = engine.gates.target(own, engine.ledger.nextIndex())
        if (target == 0) return true
        waiter = engine.gates.awaitCount(target) { run() }
        return false
    }

    private fun sendByte() {
        val step = slow ?: return
        val last = slowAt == step.bytes.size - 1
        connection.send(ByteBuffer.wrap(step.bytes, slowAt++, 1)) { sent(if (last) step.mark else Mark.NONE) }
        if (last) slow = null
    }

    private fun sent(mark: Mark) {
        if (!begun) {
            begun = true
            engine.ledger.firstByte(exchange)
        }
        if (mark == Mark.TOKEN) engine.ledger.token(exchange)
    }

    private fun cut(reset: Boolean) {
        ended = true
        engine.ledger.cut(exchange)
        if (reset) connection.reset() else connection.close()
    }

    private fun done(after: After) {
        ended = true
        engine.ledger.completed(exchange)
        engine.finished(connection, after)
    }

    private companion object {
        private const val TURNS = 512
        private const val HIGH_WATER = 64 * 1024
    }
}
