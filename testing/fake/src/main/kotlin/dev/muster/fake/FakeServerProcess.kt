package dev.muster.fake

import com.fasterxml.jackson.databind.ObjectMapper
import java.io.File
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.TimeUnit

/**
 * A [FakeServer] in a separate JVM, for load tests: both ends of ten thousand connections would exceed one process's
 * limit on open files, and the server's work must not count as the client's.
 *
 * ```java
 * try (FakeServerProcess server = FakeServerProcess.start("--latency=40s")) {
 *   // … calls to server.openAiUrl() …
 *   server.awaitRequests(10_000, Duration.ofSeconds(30));
 *   assertEquals(10_000, server.stats().peakInFlight());
 * }
 * ```
 *
 * The child process ends when this object is closed, and also when this JVM dies.
 */
public class FakeServerProcess private constructor(
    private val process: Process,
    /** `http://127.0.0.1:PORT`. */
    @get:JvmName("url") public val url: String,
) : AutoCloseable {
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    /** The base URL for an OpenAI client. */
    @get:JvmName("openAiUrl")
    public val openAiUrl: String get() = "$url/v1"

    /** The base URL for an Anthropic client. */
    @get:JvmName("anthropicUrl")
    public val anthropicUrl: String get() = url

    /** The base URL for a Gemini client. */
    @get:JvmName("geminiUrl")
    public val geminiUrl: String get() = url

    /** The base URL for an Ollama client. */
    @get:JvmName("ollamaUrl")
    public val ollamaUrl: String get() = url

    /** The process id. */
    @get:JvmName("pid")
    public val pid: Long get() = process.pid()

    /**
     * Returns the current counters.
     *
     * @throws IllegalStateException if the process has ended
     */
    public fun stats(): FakeStats = ask("GET", "stats").second

    /**
     * Resets the counters to zero and closes requests in progress: see [FakeServer.reset]. The options stay in force.
     */
    public fun reset() {
        ask("POST", "reset")
    }

    /** Releases every held reply: see [FakeServer.release]. */
    public fun release() {
        ask("POST", "release")
    }

    /**
     * Waits until [count] requests have arrived.
     *
     * @throws IllegalStateException if the timeout passes; the message has the counters
     */
    public fun awaitRequests(count: Int, timeout: Duration): FakeStats = await("requests=$count", timeout)

    /**
     * Waits until the clients of [count] requests have closed before the reply was complete. Throws like
     * [awaitRequests].
     */
    public fun awaitDisconnects(count: Int, timeout: Duration): FakeStats = await("disconnects=$count", timeout)

    /** Waits until [count] replies have been sent completely. Throws like [awaitRequests]. */
    public fun awaitCompleted(count: Int, timeout: Duration): FakeStats = await("completed=$count", timeout)

    /** Waits until nothing is in flight. Throws like [awaitRequests]. */
    public fun awaitIdle(timeout: Duration): FakeStats = await("idle=1", timeout)

    /** Ends the process and waits for it. Kills it if it does not end within 5 s. */
    override fun close() {
        try {
            process.outputStream.close()
        } catch (e: IOException) {
            // The child process has already ended.
            check(!process.isAlive) { "could not stop the fake server: $e" }
        }
        if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly().waitFor()
    }

    override fun toString(): String = "FakeServerProcess($url, pid $pid)"

    private fun await(condition: String, timeout: Duration): FakeStats {
        val (status, stats) = ask("GET", "await?$condition&timeoutMillis=${timeout.toMillis()}")
        check(status == OK) { "timed out after $timeout waiting for $condition: $stats" }
        return stats
    }

    private fun ask(method: String, what: String): Pair<Int, FakeStats> {
        val request =
            HttpRequest
                .newBuilder(URI("$url/__muster/$what"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build()
        val asked = System.nanoTime()
        val response =
            try {
                client.send(request, HttpResponse.BodyHandlers.ofString())
            } catch (e: IOException) {
                throw IllegalStateException("the fake server in process $pid does not respond", e)
            } catch (e: InterruptedException) {
                Thread.currentThread().interrupt()
                throw IllegalStateException("interrupted while waiting for the fake server in process $pid", e)
            }
        val answered = System.nanoTime()
        val node = ObjectMapper().readTree(response.body())
        // During a long wait it is unknown when the child process read its clock, but it sent the response at the
        // end.
        val here = if (what.startsWith("await")) answered else asked + (answered - asked) / 2
        val offset = here - node.get("nowNanos").longValue()
        val counters = node.properties().filter { it.value.isNumber }.associate { it.key to it.value.longValue() }
        return response.statusCode() to FakeStats(counters, node.get("disconnectNanos").map { it.longValue() + offset })
    }

    /** Starts processes. */
    public companion object {
        private const val OK = 200
        private const val CLOSE_SECONDS = 5L
        private const val GREETING = "listening on "

        /**
         * Starts a server with these options of [FakeServerMain] in a new JVM with this JVM's class path. Returns
         * when the server listens. Its errors go to this process's standard error.
         *
         * @throws IOException if it cannot be started
         */
        @JvmStatic
        @Throws(IOException::class)
        public fun start(vararg options: String): FakeServerProcess {
            val java = File(System.getProperty("java.home"), "bin/java").path
            val command =
                listOf(java, "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")) +
                    listOf(FakeServerMain::class.java.name, "--until-eof") + options
            val process = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
            val line = process.inputStream.bufferedReader().readLine()
            if (line == null || !line.startsWith(GREETING)) {
                process.destroyForcibly()
                throw IOException("the fake server did not start: ${line ?: "see its standard error"}")
            }
            return FakeServerProcess(process, line.removePrefix(GREETING))
        }
    }
}
