package dev.muster.fake.internal

import dev.muster.fake.internal.net.BadRequest
import dev.muster.fake.internal.net.Connection
import dev.muster.fake.internal.net.ConnectionOwner
import dev.muster.fake.internal.net.EventLoop
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.ApiFormat
import dev.muster.fake.internal.wire.Memory
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.ServerSocketChannel

/**
 * The implementation of the server: accepts connections, checks requests, asks the script and runs replies.
 * Everything except the start runs on the loop.
 */
internal class Engine(port: Int, private val script: Script, val settings: Settings) :
    ConnectionOwner,
    AutoCloseable {
    val loop = EventLoop("muster-fake-server")
    private val controls = ControlPlane(this)
    val ledger = Ledger(controls::changed)
    val gates = Gates(ledger)
    private val memory = Memory()
    private val admission = Admission(settings, memory)
    private val listening = ServerSocketChannel.open()
    private val connections = HashMap<Connection, Live?>()
    private val input = ByteBuffer.allocateDirect(INPUT)
    private var accepting: SelectionKey? = null

    /** Runs after each [reset], on the loop: applies a program's options again. */
    @Volatile
    var afterReset: Runnable? = null

    val port: Int

    /** An exchange in progress on a connection. */
    private class Live(val exchange: Exchange, val runner: ReplyRunner)

    init {
        try {
            listening.bind(InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG)
            listening.configureBlocking(false)
            accepting = loop.register(listening, SelectionKey.OP_ACCEPT) { accept() }
        } catch (e: IOException) {
            listening.close()
            throw e
        }
        this.port = (listening.localAddress as InetSocketAddress).port
        loop.start()
    }

    override fun close() {
        loop.runAndWait {
            listening.close()
            connections.keys.toList().forEach { it.close() }
        }
        loop.close()
    }

    /** Resets counters, script and gates. Closes connections with an exchange in progress. Idle ones stay open. */
    fun reset() {
        loop.runAndWait {
            val busy = connections.filterValues { it != null }.keys.toList()
            busy.forEach { it.close() }
            gates.reset()
            script.reset()
            settings.reset()
            memory.clear()
            ledger.reset()
            afterReset?.run()
        }
    }

    private fun accept() {
        while (true) {
            val channel =
                try {
                    listening.accept() ?: return
                } catch (e: IOException) {
                    // Most likely out of file descriptors. Log it: otherwise a load test hangs without a reason.
                    log.error("The fake server could not accept a connection", e)
                    return pauseAccepting()
                }
            try {
                connections[Connection(loop, channel, input, MAX_BODY, this)] = null
                ledger.connectionOpened()
            } catch (e: IOException) {
                log.debug("A connection closed before it was set up", e)
                channel.close()
            }
        }
    }

    // The pending connection keeps the selector ready: without a pause the loop would spin.
    private fun pauseAccepting() {
        val key = accepting ?: return
        key.interestOps(0)
        loop.schedule(ACCEPT_PAUSE_NANOS) { if (key.isValid) key.interestOps(SelectionKey.OP_ACCEPT) }
    }

    override fun requested(connection: Connection, request: HttpRequest) {
        if (request.path.startsWith(CONTROL_PREFIX)) {
            controls.serve(connection, request)
            return
        }
        val admitted = admission.admit(request)
        val exchange =
            Exchange(
                index = ledger.nextIndex(),
                http = request,
                json = admitted.body,
                asked = admitted.asked,
                rejection = admitted.refusal?.violation?.message,
                arrivedAt = System.nanoTime(),
            )
        ledger.arrived(exchange)
        gates.arrived(ledger.nextIndex())
        val spec = if (exchange.asked != null) answerTo(exchange, admitted.format) else null
        val steps = steps(admitted, exchange, spec)
        val runner = ReplyRunner(this, connection, exchange, steps, spec?.byteByByte == true)
        connections[connection] = Live(exchange, runner)
        runner.run()
    }

    override fun refused(connection: Connection, reason: BadRequest) {
        answer(connection, reason.status, "text/plain", reason.message.orEmpty(), keepAlive = false)
    }

    override fun closed(connection: Connection, byPeer: Boolean, nanos: Long) {
        val live = connections.remove(connection)
        controls.closed(connection)
        if (live != null) {
            live.runner.stop()
            // Both do nothing for an exchange that has already ended.
            if (byPeer) ledger.disconnected(live.exchange, nanos) else ledger.cut(live.exchange)
        }
        ledger.connectionClosed()
    }

    /** The reply on [connection] is complete. */
    fun finished(connection: Connection, after: After) {
        if (!connection.isOpen) return
        connections[connection] = null
        when (after) {
            After.KEEP -> connection.ready()
            After.CLOSE -> connection.close()
            After.LEAVE_OPEN -> Unit
        }
    }

    /** Sends a response that the ledger does not count. */
    fun answer(connection: Connection, status: Int, type: String, text: String, keepAlive: Boolean) {
        val body = text.toByteArray()
        connection.send(ByteBuffer.wrap(ResponseHead(null, null, 0, keepAlive).sized(status, type, body.size)))
        connection.send(ByteBuffer.wrap(body))
        connection.afterFlush { finished(connection, if (keepAlive) After.KEEP else After.CLOSE) }
    }

    private fun steps(admitted: Admitted, exchange: Exchange, spec: ReplySpec?): Iterator<Step> {
        val keepAlive = exchange.http.keepAlive
        val shape = admitted.format
        val refusal = admitted.refusal
        if (admitted.asked != null && spec != null) {
            val defaults = Defaults(settings.latency, settings.tokenDelay)
            return ReplySteps(shape, admitted.asked, spec, exchange.index, defaults, memory, keepAlive).steps()
        }
        val body =
            if (refusal != null) {
                shape.error(refusal.status, refusal.code, refusal.violation.message, refusal.violation.param)
            } else {
                shape.models(settings.models, exchange.http.parameters)
            }
        val head = ResponseHead(shape, null, exchange.index, keepAlive)
        val bytes = body.toString().toByteArray()
        val status = refusal?.status ?: HttpStatus.OK
        return listOf(
            Step.Send(head.sized(status, "application/json", bytes.size)),
            Step.Send(bytes),
            Step.Done(head.after),
        ).iterator()
    }

    private fun answerTo(exchange: Exchange, format: ApiFormat): ReplySpec =
        limited(format) ?: withLimit(format, scripted(exchange))

    /** Returns the refusal of a request over a limit, or null. */
    private fun limited(format: ApiFormat): ReplySpec? {
        if (ledger.snapshot().inFlight > settings.inFlightLimit) return tooMany(emptyMap())
        val limit = settings.requestLimit ?: return null
        if (limit.take(System.nanoTime())) return null
        return tooMany(format.limitHeaders(limit.state()) + ("Retry-After" to limit.retryAfterSeconds().toString()))
    }

    private fun tooMany(headers: Map<String, String>) =
        ReplySpec(Content.Status(HttpStatus.TOO_MANY, null, null), headers = headers)

    private fun withLimit(format: ApiFormat, spec: ReplySpec): ReplySpec {
        val state = settings.requestLimit?.state() ?: return spec
        return spec.copy(headers = format.limitHeaders(state) + spec.headers)
    }

    // A script is the test's code. Report its exception to the test as a 500, and in the log.
    @Suppress("TooGenericExceptionCaught")
    private fun scripted(exchange: Exchange): ReplySpec = try {
        script.reply(exchange)
    } catch (e: RuntimeException) {
        log.error("The fake server's script failed for request {}", exchange.index, e)
        ReplySpec(
            Content.Status(HttpStatus.SERVER_ERROR, "fake_script_failed", "The fake server's script failed: $e"),
        )
    }

    companion object {
        const val CONTROL_PREFIX = "/__muster/"
        private const val BACKLOG = 16_384
        private const val ACCEPT_PAUSE_NANOS = 100_000_000L
        private const val INPUT = 64 * 1024
        private const val MAX_BODY = 32 * 1024 * 1024
        private val log = LoggerFactory.getLogger("dev.muster.fake.FakeServer")
    }
}
