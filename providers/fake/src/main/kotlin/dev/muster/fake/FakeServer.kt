package dev.muster.fake

import dev.muster.fake.internal.Content
import dev.muster.fake.internal.ControlPlane
import dev.muster.fake.internal.Counts
import dev.muster.fake.internal.Engine
import dev.muster.fake.internal.Exchange
import dev.muster.fake.internal.ReplySpec
import dev.muster.fake.internal.RequestLimit
import dev.muster.fake.internal.Script
import dev.muster.fake.internal.ScriptRule
import dev.muster.fake.internal.Settings
import java.io.IOException
import java.time.Duration
import java.util.function.Function
import java.util.function.Predicate

/**
 * A loopback server that speaks the providers' protocols over real HTTP, answers as scripted and counts what it sees.
 *
 * ```java
 * try (FakeServer server = FakeServer.start()) {
 *   server.onModel("gpt-4o").reply(FakeReply.text("4").delay(Duration.ofMillis(300)));
 *   server.onModel("flaky").replies(FakeReply.status(429), FakeReply.status(500), FakeReply.text("ok"));
 *   server.onPromptContaining("joke").reply(request -> FakeReply.text("A joke for " + request.model()));
 *   // … calls to server.openAiUrl(), server.anthropicUrl(), server.geminiUrl() or server.ollamaUrl() …
 *   server.awaitCompleted(1, Duration.ofSeconds(5));
 * }
 * ```
 *
 * **Protocols.** OpenAI chat completions at `/v1/chat/completions`, its Responses API at `/v1/responses`, embeddings at
 * `/v1/embeddings` and models at `/v1/models`; Anthropic's messages at `/v1/messages`; Gemini at
 * `/v1beta/models/NAME:generateContent`, `…:streamGenerateContent?alt=sse`, `…:batchEmbedContents`, `…:embedContent`
 * and `/v1beta/models`; Ollama at `/api/chat`, `/api/embed` and `/api/tags`. Any prefix may stand before these paths,
 * such as `/groq`, so that endpoints can be told apart; a version that is missing or doubled is a 404. Requests are
 * checked against the providers' published schemas: an unknown field, a wrong type or a tool message without its call
 * is a 400 in the provider's form.
 *
 * **Scripts.** Without any, every request gets "You said: " and its prompt. Rules may be added at any time; of those
 * that match a request, the newest wins. Functions given to the server run on its one thread: they must not block and
 * must not call the `await` methods.
 *
 * **Counting.** Every request to a path that is not `/__muster/` is counted and recorded, refused ones too. A client
 * that closes early is seen when its FIN or RST reaches the socket, since a read is always pending. All counters are
 * exact and may be read from any thread; each `await` method returns as soon as its condition holds and throws
 * [IllegalStateException], with the counters in its message, when it does not in time or when the waiting thread is
 * interrupted (its flag stays set).
 *
 * One daemon thread serves all connections. [close] ends it and closes every socket.
 */
@Suppress("TooManyFunctions") // The one object a test talks to: script, settings, observation and waits.
public class FakeServer private constructor(port: Int) : AutoCloseable {
    private val script = Script { ReplySpec(Content.Text("You said: ${it.asked?.prompt}")) }
    private val settings = Settings()

    @get:JvmSynthetic
    internal val engine = Engine(port, script, settings)
    private val ledger = engine.ledger

    /** The port it listens on. */
    @get:JvmName("port")
    public val port: Int get() = engine.port

    /** `http://127.0.0.1:PORT`. */
    @get:JvmName("url")
    public val url: String get() = "http://127.0.0.1:$port"

    /** The base URL to give to an OpenAI client: [url] and `/v1`. */
    @get:JvmName("openAiUrl")
    public val openAiUrl: String get() = "$url/v1"

    /** The base URL to give to an Anthropic client: [url]. */
    @get:JvmName("anthropicUrl")
    public val anthropicUrl: String get() = url

    /** The base URL to give to a Gemini client: [url]. */
    @get:JvmName("geminiUrl")
    public val geminiUrl: String get() = url

    /** The base URL to give to an Ollama client: [url]. */
    @get:JvmName("ollamaUrl")
    public val ollamaUrl: String get() = url

    /**
     * The environment variables that lead a client to this server, with a key of no worth: for the client's builder, in
     * place of the real ones. Of the endpoints that speak OpenAI's form each has a path of its own, `/groq/v1`.
     */
    public fun environment(): Map<String, String> {
        val own =
            mapOf(
                "OPENAI_BASE_URL" to openAiUrl,
                "ANTHROPIC_BASE_URL" to anthropicUrl,
                "GEMINI_BASE_URL" to geminiUrl,
                "AZURE_OPENAI_ENDPOINT" to "$url/azure",
                "OLLAMA_HOST" to ollamaUrl,
            )
        val compatible = COMPATIBLE.associate { "${it}_BASE_URL" to "$url/${it.lowercase()}/v1" }
        val keys = (COMPATIBLE + KEYED).associate { "${it}_API_KEY" to "fake-key" }
        return own + compatible + keys
    }

    // ---- scripts

    /** A rule for requests that name this model. */
    public fun onModel(model: String): FakeRule = rule("model $model") { it.model == model }

    /** A rule for requests whose last user message is exactly this. */
    public fun onPrompt(prompt: String): FakeRule = rule("prompt '$prompt'") { it.prompt == prompt }

    /** A rule for requests whose last user message contains this. */
    public fun onPromptContaining(part: String): FakeRule = rule("prompt containing '$part'") { part in it.prompt }

    /** A rule for requests whose path starts with this, such as `/groq`. */
    public fun onPath(prefix: String): FakeRule = rule("path $prefix…") { it.path.startsWith(prefix) }

    /** A rule for requests that [condition] accepts; it runs on the server's one thread and must not block. */
    public fun on(condition: Predicate<FakeRequest>): FakeRule = rule("a condition", condition)

    /** What requests get that no rule matches, instead of the built-in "You said: …". */
    public fun otherwise(reply: FakeReply): FakeServer = otherwise { reply }

    /** What requests get that no rule matches; runs on the server's one thread and must not block. */
    public fun otherwise(script: Function<FakeRequest, FakeReply>): FakeServer =
        apply { this.script.otherwise { script.apply(view(it)).spec } }

    // ---- settings

    /** How long every reply without a delay of its own waits before its first byte; none by default. */
    public fun latency(latency: Duration): FakeServer = apply { settings.latency = latency.toNanos() }

    /** How long streams without a token delay of their own wait between tokens; not at all by default. */
    public fun tokenDelay(delay: Duration): FakeServer = apply { settings.tokenDelay = delay.toNanos() }

    /**
     * Refuses requests whose key is not [key] by a 401, in Gemini's form by the 400 that Google sends. By default
     * OpenAI's, Anthropic's and Gemini's forms take any key but want one, Ollama's wants none.
     */
    public fun requireKey(key: String): FakeServer = apply { settings.key = key }

    /** Lets requests without a key in, as local OpenAI-compatible servers do. */
    public fun allowAnonymous(): FakeServer = apply { settings.anonymous = true }

    /**
     * Lets [requests] in in each [period], filled up evenly; one more gets a 429 with `Retry-After`. Each answer says
     * what is left in the headers that the provider has for it; Ollama has none.
     */
    public fun limitRequests(requests: Int, period: Duration): FakeServer = apply {
        require(requests >= 1 && !period.isZero && !period.isNegative) { "No limit: $requests in $period" }
        settings.requestLimit = RequestLimit(requests, period.toNanos())
    }

    /** Answers a request that finds [requests] in flight already with a 429, without `Retry-After`. */
    public fun limitInFlight(requests: Int): FakeServer = apply {
        require(requests >= 1) { "At least one request must be let in: $requests" }
        settings.inFlightLimit = requests
    }

    /** Lets [verify] pass where requests are refused as the provider would: for tests of just that. */
    public fun expectRefusals(): FakeServer = apply { settings.expectsRefusals = true }

    /** The models it lists. */
    public fun models(vararg names: String): FakeServer = apply { settings.models = names.toList() }

    /**
     * Lets these top-level request fields pass the strict check although the provider's schema does not name them;
     * `reasoning_content` also in an assistant's message of OpenAI's form, where DeepSeek wants it.
     */
    public fun allowFields(vararg names: String): FakeServer = apply { settings.extraFields += names }

    /**
     * Whether [requests] and [events] are kept, as they are by default; without them a long load test needs no
     * memory. Survives [reset].
     */
    public fun recording(on: Boolean): FakeServer = apply { ledger.recording = on }

    // ---- holding

    /** Holds every reply until [requests] more requests have arrived, or [release]. */
    public fun holdAll(requests: Int): FakeServer =
        apply { engine.loop.runAndWait { engine.gates.holdAll(ledger.nextIndex() + requests) } }

    /**
     * Lets go what [FakeReply.hold], [FakeReply.gate], [FakeReply.holdUntil] and [holdAll] hold, now and until
     * [reset].
     */
    public fun release() {
        engine.loop.runAndWait {
            engine.gates.release(ControlPlane.DEFAULT_GATE)
            engine.gates.releaseCounts()
        }
    }

    /** Opens the gate called [gate], now and until [reset]. */
    public fun release(gate: String) {
        engine.loop.runAndWait { engine.gates.release(gate) }
    }

    // ---- observation

    /** The requests so far in the order of arrival, as they stand now. */
    @get:JvmName("requests")
    public val requests: List<FakeRequest> get() = ledger.exchanges().map { (exchange, progress) ->
        FakeRequest(exchange, progress)
    }

    /** What happened so far, in order. */
    @get:JvmName("events")
    public val events: List<FakeEvent> get() = ledger.events().map(::FakeEvent)

    /** How many requests have arrived. */
    @get:JvmName("requestCount")
    public val requestCount: Int get() = ledger.snapshot().requests

    /** How many requests have arrived whose reply is not over. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = ledger.snapshot().inFlight

    /** The largest [inFlight] there has been. */
    @get:JvmName("peakInFlight")
    public val peakInFlight: Int get() = ledger.snapshot().peakInFlight

    /** How many replies were sent to their end, errors and refusals too. */
    @get:JvmName("completed")
    public val completed: Int get() = ledger.snapshot().completed

    /** How many requests the client left before their reply was complete. */
    @get:JvmName("disconnects")
    public val disconnects: Int get() = ledger.snapshot().disconnects

    /** How many requests the server refused as the provider would: see [FakeRequest.rejection]. */
    @get:JvmName("rejected")
    public val rejected: Int get() = ledger.snapshot().rejected

    /** How many replies wait now for a gate or for more requests. */
    @get:JvmName("held")
    public val held: Int get() = ledger.snapshot().held

    /** How many connections have been accepted. */
    @get:JvmName("connectionsAccepted")
    public val connectionsAccepted: Int get() = ledger.snapshot().connectionsAccepted

    /** How many connections are open. */
    @get:JvmName("openConnections")
    public val openConnections: Int get() = ledger.snapshot().openConnections

    // ---- waits

    /** Waits until [count] requests have arrived. */
    public fun awaitRequests(count: Int, timeout: Duration): Unit =
        await("$count requests", timeout) { it.requests >= count }

    /** Waits until [count] requests have been left by their clients. */
    public fun awaitDisconnects(count: Int, timeout: Duration): Unit =
        await("$count disconnects", timeout) { it.disconnects >= count }

    /** Waits until the first byte of [count] replies is with their sockets. */
    public fun awaitFirstBytes(count: Int, timeout: Duration): Unit =
        await("$count first bytes", timeout) { it.begun >= count }

    /** Waits until [count] replies have been sent to their end. */
    public fun awaitCompleted(count: Int, timeout: Duration): Unit =
        await("$count completed", timeout) { it.completed >= count }

    /** Waits until [count] tokens have been sent, over all streams. */
    public fun awaitTokens(count: Int, timeout: Duration): Unit = await("$count tokens", timeout) { it.tokens >= count }

    /** Waits until [count] replies are held by a gate or by the count of requests. */
    public fun awaitHeld(count: Int, timeout: Duration): Unit = await("$count held", timeout) { it.held >= count }

    /** Waits until nothing is in flight. */
    public fun awaitIdle(timeout: Duration): Unit = await("nothing in flight", timeout) { it.inFlight == 0 }

    /** Waits until no connection is open. */
    public fun awaitNoConnections(timeout: Duration): Unit = await("no open connection", timeout) {
        it.openConnections ==
            0
    }

    private fun await(what: String, timeout: Duration, reached: (Counts) -> Boolean) {
        check(!engine.loop.inLoop) { "the server's own thread must not wait for the server" }
        val inTime =
            try {
                ledger.await(timeout.toNanos(), reached)
            } catch (e: InterruptedException) {
                Thread.currentThread().interrupt()
                throw IllegalStateException("interrupted while waiting for $what: ${ledger.snapshot()}", e)
            }
        check(inTime) { "waited $timeout in vain for $what: ${ledger.snapshot()}" }
    }

    /**
     * Fails with an [AssertionError] that lists what has gone otherwise than the test has written: rules that no
     * request has come for, replies that were not asked for, requests that no rule is for (unless [otherwise] is), and
     * requests that were refused as the provider would (unless [expectRefusals] was called).
     */
    public fun verify() {
        val unexpected = script.unexpected().toSet()
        val faults = script.unmet().toMutableList()
        requests.forEach { request ->
            val rejection = request.rejection
            if (request.index in unexpected) faults += "no rule is for $request, prompt '${request.prompt}'"
            if (rejection != null && !settings.expectsRefusals) faults += "refused was $request: $rejection"
        }
        if (faults.isNotEmpty()) throw AssertionError("The fake server: " + faults.joinToString("\n- ", "\n- "))
    }

    // ---- lifecycle

    /**
     * Back to the state after the start: counters, records, rules, settings and gates. Connections on which a reply
     * is under way are closed, and their requests no longer count; idle ones live on.
     */
    public fun reset(): Unit = engine.reset()

    /** Closes every socket and ends the server's thread; a second call does nothing. */
    override fun close(): Unit = engine.close()

    override fun toString(): String = "FakeServer($url)"

    @JvmSynthetic
    internal fun add(
        subject: String,
        wanted: Int,
        matches: Predicate<FakeRequest>,
        reply: Function<FakeRequest, FakeReply>,
    ): FakeServer =
        apply { script.add(ScriptRule(subject, wanted, { matches.test(view(it)) }, { reply.apply(view(it)).spec })) }

    private fun rule(subject: String, matches: Predicate<FakeRequest>) =
        FakeRule(this, subject, isOptional = false, matches)

    // On the server's thread a request is looked at before anything of its reply has happened.
    private fun view(exchange: Exchange) = FakeRequest(exchange, exchange.progress())

    /** Starts servers. */
    public companion object {
        private val KEYED = listOf("OPENAI", "ANTHROPIC", "GEMINI", "AZURE_OPENAI")
        private val COMPATIBLE =
            listOf(
                "GROQ",
                "XAI",
                "OPENROUTER",
                "DEEPSEEK",
                "MISTRAL",
                "TOGETHER",
                "FIREWORKS",
                "CEREBRAS",
                "VLLM",
                "LLAMACPP",
                "LMSTUDIO",
            )

        /** Starts a server on a free loopback port. Throws [IOException] when there is none. */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(): FakeServer = FakeServer(0)

        /** Starts a server on [port]. Throws [java.net.BindException] when it is taken. */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(port: Int): FakeServer = FakeServer(port)
    }
}
