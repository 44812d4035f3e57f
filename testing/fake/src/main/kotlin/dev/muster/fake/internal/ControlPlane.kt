package dev.muster.fake.internal

import dev.muster.fake.internal.net.Connection
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.net.Timer
import dev.muster.fake.internal.wire.json

/**
 * The counters over HTTP, for a test in another process: `GET /__muster/stats`, `POST /__muster/reset`, `POST
 * /__muster/release?gate=NAME` and `GET /__muster/await?requests=N&timeoutMillis=M`. The latter responds with the
 * stats: with 200 when the count is reached, with 408 after the timeout. None of these requests is counted.
 */
internal class ControlPlane(private val engine: Engine) {
    private class Await(val connection: Connection, val reached: (Counts) -> Boolean) {
        var timer: Timer? = null
    }

    private val waiting = ArrayList<Await>()

    /** Called after every change of a counter, on the thread that changed it. */
    fun changed() {
        if (waiting.isEmpty()) return
        val counts = engine.ledger.snapshot()
        val reached = waiting.filter { it.reached(counts) }
        reached.forEach { finish(it, HttpStatus.OK) }
    }

    fun closed(connection: Connection) {
        val gone = waiting.firstOrNull { it.connection === connection } ?: return
        waiting -= gone
        gone.timer?.let { engine.loop.cancel(it) }
    }

    fun serve(connection: Connection, request: HttpRequest) {
        val parameters =
            request.query.split('&').filter {
                '=' in it
            }.associate { it.substringBefore('=') to it.substringAfter('=') }
        when ("${request.method} ${request.path.removePrefix(Engine.CONTROL_PREFIX)}") {
            "GET stats" -> answer(connection, HttpStatus.OK)

            "GET await" -> await(connection, parameters)

            "POST reset" -> {
                engine.reset()
                answer(connection, HttpStatus.OK)
            }

            "POST release" -> {
                engine.gates.release(parameters["gate"] ?: DEFAULT_GATE)
                engine.gates.releaseCounts()
                answer(connection, HttpStatus.OK)
            }

            else -> engine.answer(connection, HttpStatus.NOT_FOUND, "text/plain", "no such control", keepAlive = true)
        }
    }

    private fun await(connection: Connection, parameters: Map<String, String>) {
        val conditions =
            parameters.mapNotNull { (name, value) ->
                val wanted = value.toIntOrNull()
                val counter = COUNTERS[name]
                if (wanted == null || counter == null) null else counter to wanted
            }
        val await =
            Await(connection) { counts ->
                conditions.all { (counter, wanted) -> counter(counts) >= wanted } &&
                    ("idle" !in parameters || counts.inFlight == 0)
            }
        waiting += await
        val millis = parameters["timeoutMillis"]?.toLongOrNull() ?: DEFAULT_TIMEOUT_MILLIS
        await.timer = engine.loop.schedule(millis * NANOS_PER_MILLI) { finish(await, TIMED_OUT) }
        changed()
    }

    private fun finish(await: Await, status: Int) {
        if (!waiting.remove(await)) return
        await.timer?.let { engine.loop.cancel(it) }
        answer(await.connection, status)
    }

    private fun answer(connection: Connection, status: Int) {
        val counts = engine.ledger.snapshot()
        val node =
            json
                .createObjectNode()
                .put("requests", counts.requests)
                .put("inFlight", counts.inFlight)
                .put("peakInFlight", counts.peakInFlight)
                .put("completed", counts.completed)
                .put("cut", counts.cut)
                .put("disconnects", counts.disconnects)
                .put("rejected", counts.rejected)
                .put("held", counts.held)
                .put("tokens", counts.tokens)
                .put("connectionsAccepted", counts.connectionsAccepted)
                .put("openConnections", counts.openConnections)
                .put("nowNanos", System.nanoTime())
        val stamps = node.putArray("disconnectNanos")
        engine.ledger.disconnectStamps().forEach { stamps.add(it) }
        engine.answer(connection, status, "application/json", node.toString(), keepAlive = true)
    }

    companion object {
        const val DEFAULT_GATE = "default"
        private const val TIMED_OUT = 408
        private const val DEFAULT_TIMEOUT_MILLIS = 5_000L
        private const val NANOS_PER_MILLI = 1_000_000L
        private val COUNTERS: Map<String, (Counts) -> Int> =
            mapOf(
                "requests" to Counts::requests,
                "inFlight" to Counts::inFlight,
                "completed" to Counts::completed,
                "disconnects" to Counts::disconnects,
                "rejected" to Counts::rejected,
                "held" to Counts::held,
            )
    }
}
