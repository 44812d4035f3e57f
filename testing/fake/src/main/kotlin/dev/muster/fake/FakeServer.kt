package dev.muster.fake

import dev.muster.fake.internal.Content
import dev.muster.fake.internal.ControlPlane
import dev.muster.fake.internal.Counts
import dev.muster.fake.internal.CustomFormat
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
 * A loopback server that speaks the providers' APIs over real HTTP, sends scripted replies and counts requests.
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
 * **APIs.**
 * - OpenAI: chat completions at `/v1/chat/completions`, the Responses API at `/v1/responses`, embeddings at
 *   `/v1/embeddings`, models at `/v1/models`.
 * - Anthropic: messages at `/v1/messages`, models at `/v1/models`.
 * - Gemini: `/v1beta/models/NAME:generateContent`, `…:streamGenerateContent?alt=sse`, `…:batchEmbedContents`,
 *   `…:embedContent` and `/v1beta/models`.
 * - Ollama: `/api/chat`, `/api/embed` and `/api/tags`.
 * - A custom provider's, as a [FakeFormat] describes it: [format].
 *
 * Any prefix may precede these paths, such as `/groq`, to tell endpoints apart. A missing or doubled version is a 404.
 * Requests are checked against the providers' published schemas: an unknown field, a wrong type or a tool message
 * without its call is a 400 in the provider's API format.
 *
 * **Scripts.** Without a script, every request gets "You said: " and its prompt. Rules may be added at any time. If
 * several rules match a request, the newest one applies. Functions given to the server run on its only thread: they
 * must not block and must not call the `await` methods.
 *
 * **Counting.** Every request is counted and recorded, including refused ones, except requests to `/__muster/`. A
 * client that closes early is noticed when its FIN or RST reaches the socket, because a read is always pending. All
 * counters are exact and may be read from any thread.
 *
 * **Waiting.** Each `await` method returns as soon as its condition holds. It throws [IllegalStateException], with the
 * counters in its message, if the timeout passes or if the waiting thread is interrupted (its interrupt flag stays
 * set).
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

    /** The port the server listens on. */
    @get:JvmName("port")
    public val port: Int get() = engine.port

    /** `http://127.0.0.1:PORT`. */
    @get:JvmName("url")
    public val url: String get() = "http://127.0.0.1:$port"

    /** The base URL for an OpenAI client: [url] and `/v1`. */
    @get:JvmName("openAiUrl")
    public val openAiUrl: String get() = "$url/v1"

    /** The base URL for an Anthropic client: [url]. */
    @get:JvmName("anthropicUrl")
    public val anthropicUrl: String get() = url

    /** The base URL for a Gemini client: [url]. */
    @get:JvmName("geminiUrl")
    public val geminiUrl: String get() = url

    /** The base URL for an Ollama client: [url]. */
    @get:JvmName("ollamaUrl")
    public val ollamaUrl: String get() = url

    /**
     * Returns the environment variables that point a client to this server, with a fake key. Pass them to the
     * client's builder instead of the real environment. Each endpoint that uses OpenAI's API format has its own path,
     * such as `/groq/v1`.
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

    /** Returns a rule for requests that name this model. */
    public fun onModel(model: String): FakeRule = rule("model $model") { it.model == model }

    /** Returns a rule for requests whose last user message is exactly this. */
    public fun onPrompt(prompt: String): FakeRule = rule("prompt '$prompt'") { it.prompt == prompt }

    /** Returns a rule for requests whose last user message contains this. */
    public fun onPromptContaining(part: String): FakeRule = rule("prompt containing '$part'") { part in it.prompt }

    /** Returns a rule for requests whose path starts with this, such as `/groq`. */
    public fun onPath(prefix: String): FakeRule = rule("path $prefix…") { it.path.startsWith(prefix) }

    /**
     * Returns a rule for requests that [condition] accepts. [condition] runs on the server's only thread and must not
     * block.
     */
    public fun on(condition: Predicate<FakeRequest>): FakeRule = rule("a condition", condition)

    /** Sets the reply to requests that no rule matches. Default: "You said: " and the prompt. */
    public fun otherwise(reply: FakeReply): FakeServer = otherwise { reply }

    /**
     * Sets the function that creates the reply to requests that no rule matches. It runs on the server's only thread
     * and must not block.
     */
    public fun otherwise(script: Function<FakeRequest, FakeReply>): FakeServer =
        apply { this.script.otherwise { script.apply(view(it)).spec } }

    // ---- settings

    /** Sets how long a reply without its own delay waits before its first byte. Default: zero. */
    public fun latency(latency: Duration): FakeServer = apply { settings.latency = latency.toNanos() }

    /** Sets how long a stream without its own token delay waits between tokens. Default: zero. */
    public fun tokenDelay(delay: Duration): FakeServer = apply { settings.tokenDelay = delay.toNanos() }

    /**
     * Refuses requests whose key is not [key], with a 401, or for Gemini with the 400 that Google sends. By default
     * OpenAI's, Anthropic's and Gemini's APIs require a key but accept any, and Ollama's requires none.
     */
    public fun requireKey(key: String): FakeServer = apply { settings.key = key }

    /** Accepts requests without a key, like local OpenAI-compatible servers. */
    public fun allowAnonymous(): FakeServer = apply { settings.anonymous = true }

    /**
     * Accepts at most [requests] in each [period], refilled evenly. Any further request gets a 429 with
     * `Retry-After`. Each response reports the remaining requests in the provider's headers. Ollama has no such
     * headers.
     */
    public fun limitRequests(requests: Int, period: Duration): FakeServer = apply {
        require(requests >= 1 && !period.isZero && !period.isNegative) {
            "requests and period must be positive, were $requests and $period"
        }
        settings.requestLimit = RequestLimit(requests, period.toNanos())
    }

    /** Refuses a request with a 429, without `Retry-After`, if [requests] are already in flight. */
    public fun limitInFlight(requests: Int): FakeServer = apply {
        require(requests >= 1) { "requests must be at least 1, was $requests" }
        settings.inFlightLimit = requests
    }

    /** Lets [verify] pass if requests were refused. For tests that expect a refusal. */
    public fun expectRefusals(): FakeServer = apply { settings.expectsRefusals = true }

    /** Sets the models in the list of models. */
    public fun models(vararg names: String): FakeServer = apply { settings.models = names.toList() }

    /**
     * Accepts these top-level request fields although the provider's schema does not have them. `reasoning_content`
     * is then also accepted in an assistant message of OpenAI's API format, where DeepSeek requires it.
     */
    public fun allowFields(vararg names: String): FakeServer = apply { settings.extraFields += names }

    /** Adds the API format of a custom provider, before the built-in ones. [reset] keeps it. */
    public fun format(format: FakeFormat): FakeServer = apply { settings.formats += CustomFormat(format) }

    /**
     * Sets whether [requests] and [events] are kept. Default: true. Turn it off to save memory in a long load test.
     * [reset] does not change it.
     */
    public fun recording(on: Boolean): FakeServer = apply { ledger.recording = on }

    // ---- holding

    /** Holds every reply until [requests] more requests have arrived, or until [release]. */
    public fun holdAll(requests: Int): FakeServer =
        apply { engine.loop.runAndWait { engine.gates.holdAll(ledger.nextIndex() + requests) } }

    /**
     * Releases everything that [FakeReply.hold], [FakeReply.gate], [FakeReply.holdUntil] and [holdAll] hold, now and
     * until [reset].
     */
    public fun release() {
        engine.loop.runAndWait {
            engine.gates.release(ControlPlane.DEFAULT_GATE)
            engine.gates.releaseCounts()
        }
    }

    /** Opens the gate named [gate], now and until [reset]. */
    public fun release(gate: String) {
        engine.loop.runAndWait { engine.gates.release(gate) }
    }

    // ---- observation

    /** A snapshot of the requests so far, in the order of arrival. */
    @get:JvmName("requests")
    public val requests: List<FakeRequest> get() = ledger.exchanges().map { (exchange, progress) ->
        FakeRequest(exchange, progress)
    }

    /** The events so far, in order. */
    @get:JvmName("events")
    public val events: List<FakeEvent> get() = ledger.events().map(::FakeEvent)

    /** The number of requests that have arrived. */
    @get:JvmName("requestCount")
    public val requestCount: Int get() = ledger.snapshot().requests

    /** The number of requests whose reply has not ended. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = ledger.snapshot().inFlight

    /** The largest value of [inFlight] so far. */
    @get:JvmName("peakInFlight")
    public val peakInFlight: Int get() = ledger.snapshot().peakInFlight

    /** The number of replies that were sent completely, including errors and refusals. */
    @get:JvmName("completed")
    public val completed: Int get() = ledger.snapshot().completed

    /** The number of requests whose client closed before the reply was complete. */
    @get:JvmName("disconnects")
    public val disconnects: Int get() = ledger.snapshot().disconnects

    /** The number of requests that the server refused: see [FakeRequest.rejection]. */
    @get:JvmName("rejected")
    public val rejected: Int get() = ledger.snapshot().rejected

    /** The number of replies that currently wait for a gate or for more requests. */
    @get:JvmName("held")
    public val held: Int get() = ledger.snapshot().held

    /** The number of connections accepted so far. */
    @get:JvmName("connectionsAccepted")
    public val connectionsAccepted: Int get() = ledger.snapshot().connectionsAccepted

    /** The number of open connections. */
    @get:JvmName("openConnections")
    public val openConnections: Int get() = ledger.snapshot().openConnections

    // ---- waits

    /** Waits until [count] requests have arrived. */
    public fun awaitRequests(count: Int, timeout: Duration): Unit =
        await("$count requests", timeout) { it.requests >= count }

    /** Waits until the clients of [count] requests have closed before the reply was complete. */
    public fun awaitDisconnects(count: Int, timeout: Duration): Unit =
        await("$count disconnects", timeout) { it.disconnects >= count }

    /** Waits until the first byte of [count] replies has been written to their sockets. */
    public fun awaitFirstBytes(count: Int, timeout: Duration): Unit =
        await("$count first bytes", timeout) { it.begun >= count }

    /** Waits until [count] replies have been sent completely. */
    public fun awaitCompleted(count: Int, timeout: Duration): Unit =
        await("$count completed", timeout) { it.completed >= count }

    /** Waits until [count] tokens have been sent, over all streams. */
    public fun awaitTokens(count: Int, timeout: Duration): Unit = await("$count tokens", timeout) { it.tokens >= count }

    /** Waits until [count] replies are held by a gate or by a count of requests. */
    public fun awaitHeld(count: Int, timeout: Duration): Unit = await("$count held", timeout) { it.held >= count }

    /** Waits until nothing is in flight. */
    public fun awaitIdle(timeout: Duration): Unit = await("nothing in flight", timeout) { it.inFlight == 0 }

    /** Waits until no connection is open. */
    public fun awaitNoConnections(timeout: Duration): Unit = await("no open connection", timeout) {
        it.openConnections ==
            0
    }

    private fun await(what: String, timeout: Duration, reached: (Counts) -> Boolean) {
        check(!engine.loop.inLoop) { "an await method must not be called on the server's own thread" }
        val inTime =
            try {
                ledger.await(timeout.toNanos(), reached)
            } catch (e: InterruptedException) {
                Thread.currentThread().interrupt()
                throw IllegalStateException("interrupted while waiting for $what: ${ledger.snapshot()}", e)
            }
        check(inTime) { "timed out after $timeout waiting for $what: ${ledger.snapshot()}" }
    }

    /**
     * Throws an [AssertionError] that lists everything that differs from the script: rules that no request matched,
     * replies that were not used, requests that no rule matched (unless [otherwise] is set), and requests that were
     * refused (unless [expectRefusals] was called).
     */
    public fun verify() {
        val unexpected = script.unexpected().toSet()
        val faults = script.unmet().toMutableList()
        requests.forEach { request ->
            val rejection = request.rejection
            if (request.index in unexpected) faults += "no rule matches $request, prompt '${request.prompt}'"
            if (rejection != null && !settings.expectsRefusals) faults += "refused $request: $rejection"
        }
        if (faults.isNotEmpty()) throw AssertionError("The fake server: " + faults.joinToString("\n- ", "\n- "))
    }

    // ---- lifecycle

    /**
     * Resets counters, records, rules, settings and gates to their state after the start. Closes connections with a
     * reply in progress, and no longer counts their requests. Idle connections stay open.
     */
    public fun reset(): Unit = engine.reset()

    /** Closes every socket and ends the server's thread. Calling it again has no effect. */
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

    // Runs on the server's thread, before anything of the reply has happened.
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

        /**
         * Starts a server on a free loopback port.
         *
         * @throws IOException if no port is free
         */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(): FakeServer = FakeServer(0)

        /**
         * Starts a server on [port].
         *
         * @throws java.net.BindException if the port is in use
         */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(port: Int): FakeServer = FakeServer(port)
    }
}
