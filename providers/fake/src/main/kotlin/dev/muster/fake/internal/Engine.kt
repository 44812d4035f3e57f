package dev.muster.fake.internal

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.databind.JsonNode
import dev.muster.fake.internal.net.BadRequest
import dev.muster.fake.internal.net.Connection
import dev.muster.fake.internal.net.ConnectionOwner
import dev.muster.fake.internal.net.EventLoop
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.OllamaForm
import dev.muster.fake.internal.wire.OpenAiForm
import dev.muster.fake.internal.wire.Route
import dev.muster.fake.internal.wire.Violation
import dev.muster.fake.internal.wire.WireForm
import dev.muster.fake.internal.wire.json
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.SelectionKey
import java.nio.channels.ServerSocketChannel

/** The server behind the public one: accepts, checks, asks the script, runs replies. Everything but the start is on the loop. */
internal class Engine(port: Int, private val script: Script, val settings: Settings) :
    ConnectionOwner,
    AutoCloseable {
    val loop = EventLoop("muster-fake-server")
    private val controls = ControlPlane(this)
    val ledger = Ledger(controls::changed)
    val gates = Gates(ledger)
    private val listening = ServerSocketChannel.open()
    private val connections = HashMap<Connection, Live?>()
    private val input = ByteBuffer.allocateDirect(INPUT)
    private var accepting: SelectionKey? = null

    val port: Int

    /** An exchange that is under way on a connection. */
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

    /** Forgets counters, script and gates; connections with an exchange under way are closed, idle ones live on. */
    fun reset() {
        loop.runAndWait {
            val busy = connections.filterValues { it != null }.keys.toList()
            busy.forEach { it.close() }
            gates.reset()
            script.reset()
            settings.reset()
            ledger.reset()
        }
    }

    private fun accept() {
        while (true) {
            val channel =
                try {
                    listening.accept() ?: return
                } catch (e: IOException) {
                    // Out of file descriptors, most likely: say so, or a load test hangs without a word.
                    log.error("The fake server cannot accept a connection", e)
                    return
                }
            try {
                connections[Connection(loop, channel, input, MAX_BODY, this)] = null
                ledger.connectionOpened()
            } catch (e: IOException) {
                log.debug("A connection was gone before it was set up", e)
                channel.close()
            }
        }
    }

    override fun requested(connection: Connection, request: HttpRequest) {
        if (request.path.startsWith(CONTROL_PREFIX)) {
            controls.serve(connection, request)
            return
        }
        val form = FORMS.firstOrNull { it.route(request.path) != null }
        val (body, refusal) = check(form, request)
        val accepted = form != null && refusal == null && form.route(request.path) == Route.CHAT
        val exchange =
            Exchange(
                index = ledger.nextIndex(),
                http = request,
                json = body,
                asked = if (accepted && body != null) form.read(body) else null,
                rejection = refusal?.violation?.message,
                arrivedAt = System.nanoTime(),
            )
        ledger.arrived(exchange)
        gates.arrived(ledger.nextIndex())
        val spec = if (exchange.asked != null) scripted(exchange) else null
        val steps = steps(form, exchange, refusal, spec)
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
            // Both do nothing for an exchange that has ended already.
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

    /** Answers outside the ledger. */
    fun answer(connection: Connection, status: Int, type: String, text: String, keepAlive: Boolean) {
        val body = text.toByteArray()
        connection.send(ByteBuffer.wrap(Head(null, null, 0, keepAlive).sized(status, type, body.size)))
        connection.send(ByteBuffer.wrap(body))
        connection.afterFlush { finished(connection, if (keepAlive) After.KEEP else After.CLOSE) }
    }

    private class Refusal(val status: Int, val code: String?, val violation: Violation)

    private fun check(form: WireForm?, request: HttpRequest): Pair<JsonNode?, Refusal?> {
        if (form ==
            null
        ) {
            return parse(request).first to
                refusal(HttpStatus.NOT_FOUND, "no such path: ${request.path}", "unknown_url")
        }
        val chat = form.route(request.path) == Route.CHAT
        if (request.method != if (chat) "POST" else "GET") {
            return null to
                refusal(HttpStatus.METHOD_NOT_ALLOWED, "Not allowed to ${request.method} on ${request.path}.", null)
        }
        val keyRefusal = keyRefusal(form, request)
        if (!chat) return null to keyRefusal
        val (body, parseFailure) = parse(request)
        if (keyRefusal != null || body == null) return body to (keyRefusal ?: parseFailure)
        return body to
            form.violation(body, settings.extraFields)?.let { Refusal(HttpStatus.BAD_REQUEST, it.code, it) }
    }

    private fun keyRefusal(form: WireForm, request: HttpRequest): Refusal? {
        val key = form.key(request::header)
        val wanted = settings.key
        return when {
            wanted != null && key != null && key != wanted ->
                refusal(HttpStatus.UNAUTHORIZED, "Incorrect API key provided.", "invalid_api_key")

            key.isNullOrEmpty() && (wanted != null || form.keyRequired) && !settings.anonymous ->
                refusal(HttpStatus.UNAUTHORIZED, "You didn't provide an API key.", null)

            else -> null
        }
    }

    private fun parse(request: HttpRequest): Pair<JsonNode?, Refusal?> = try {
        val node = json.readTree(request.body)
        if (node == null || node.isMissingNode) null to unreadable("it is empty") else node to null
    } catch (e: JsonProcessingException) {
        null to unreadable(e.originalMessage)
    }

    private fun unreadable(why: String) =
        refusal(HttpStatus.BAD_REQUEST, "We could not parse the JSON body of your request: $why", null)

    private fun refusal(status: Int, message: String, code: String?) =
        Refusal(status, code, Violation(message, null, code))

    private fun steps(form: WireForm?, exchange: Exchange, refusal: Refusal?, spec: ReplySpec?): Iterator<Step> {
        val asked = exchange.asked
        val keepAlive = exchange.http.keepAlive
        if (form != null && asked != null && spec != null) {
            val defaults = Defaults(settings.latency, settings.tokenDelay)
            return ReplySteps(form, asked, spec, exchange.index, defaults, keepAlive).steps()
        }
        val shape = form ?: OpenAiForm
        val body =
            if (refusal != null) {
                shape.error(refusal.status, refusal.code, refusal.violation.message, refusal.violation.param)
            } else {
                shape.models(settings.models)
            }
        val head = Head(shape, null, exchange.index, keepAlive)
        val bytes = body.toString().toByteArray()
        val status = refusal?.status ?: HttpStatus.OK
        return listOf(
            Step.Send(head.sized(status, "application/json", bytes.size)),
            Step.Send(bytes),
            Step.Done(head.after),
        ).iterator()
    }

    // A script is the test's code: what it throws goes back to the test as a 500 that says so, and into the log.
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
        private const val INPUT = 64 * 1024
        private const val MAX_BODY = 32 * 1024 * 1024
        private val FORMS = listOf<WireForm>(OpenAiForm, OllamaForm)
        private val log = LoggerFactory.getLogger("dev.muster.fake.FakeServer")
    }
}
