package dev.muster.fake

import picocli.CommandLine
import picocli.CommandLine.Command
import picocli.CommandLine.ITypeConverter
import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.Option
import picocli.CommandLine.Spec
import picocli.CommandLine.TypeConversionException
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CountDownLatch
import kotlin.system.exitProcess

/**
 * The server as a standalone program. Prints one line, `listening on http://127.0.0.1:PORT`, and serves until it is
 * killed. With `--until-eof` it serves until its standard input ends, so it does not outlive a killed parent process.
 *
 * `GET /__muster/stats` returns the counters. `POST /__muster/reset`, `POST /__muster/release` and `GET
 * /__muster/await?requests=N` do what the methods of [FakeServer] do.
 */
@Command(
    name = "muster-fake",
    description = ["A loopback server that speaks the OpenAI, Anthropic, Gemini and Ollama protocols."],
    mixinStandardHelpOptions = true,
)
public class FakeServerMain internal constructor() : Callable<Int> {
    @Spec
    private lateinit var command: CommandSpec

    @Option(names = ["--port"], description = ["Port to listen on. 0, the default, picks a free port."])
    private var port: Int = 0

    @Option(names = ["--latency"], description = ["Time before the first byte, such as 300ms, 40s, 2m or PT1S."])
    private var latency: Duration = Duration.ZERO

    @Option(names = ["--token-delay"], description = ["Time between two tokens of a stream."])
    private var tokenDelay: Duration = Duration.ZERO

    @Option(names = ["--tokens"], description = ["Reply with this many tokens instead of the prompt."])
    private var tokens: Int = 0

    @Option(names = ["--text"], description = ["Reply with this text instead of the prompt."])
    private var text: String? = null

    @Option(names = ["--hold"], description = ["Hold every reply until this many requests have arrived."])
    private var hold: Int = 0

    @Option(names = ["--key"], description = ["Refuse requests with a different key."])
    private var key: String? = null

    @Option(names = ["--allow-anonymous"], description = ["Accept requests without a key."])
    private var anonymous: Boolean = false

    @Option(names = ["--until-eof"], description = ["End when standard input ends."])
    private var untilEof: Boolean = false

    /** Runs the server. The exit code is 0. */
    override fun call(): Int {
        FakeServer.start(port).use { server ->
            configure(server)
            server.engine.afterReset = Runnable { configure(server) }
            val out = command.commandLine().out
            out.println("listening on ${server.url}")
            out.flush()
            if (untilEof) awaitEndOfInput() else CountDownLatch(1).await()
        }
        return 0
    }

    private fun configure(server: FakeServer) {
        // Nobody can query the requests of this process, so they are not kept.
        server.recording(false).latency(latency).tokenDelay(tokenDelay)
        val answer = text
        when {
            answer != null -> server.otherwise(FakeReply.text(answer))
            tokens > 0 -> server.otherwise(FakeReply.tokens(List(tokens) { at -> if (at == 0) "token" else " token" }))
        }
        key?.let { server.requireKey(it) }
        if (anonymous) server.allowAnonymous()
        if (hold > 0) server.holdAll(hold)
    }

    private fun awaitEndOfInput() {
        val waste = ByteArray(WASTE)
        while (System.`in`.read(waste) >= 0) continue
    }

    /** The entry point of the program. */
    public companion object {
        private const val WASTE = 256

        /** Runs the server with these options. `--help` lists them. */
        @JvmStatic
        public fun main(args: Array<String>) {
            exitProcess(commandLine().execute(*args))
        }

        @JvmSynthetic
        internal fun commandLine(): CommandLine =
            CommandLine(FakeServerMain()).registerConverter(Duration::class.java, DurationConverter())
    }
}

/** Parses `300ms`, `40s`, `2m`, `1h` and ISO-8601. */
internal class DurationConverter : ITypeConverter<Duration> {
    override fun convert(value: String): Duration {
        val match = SHORT.matchEntire(value) ?: return iso(value)
        val amount = match.groupValues[1].toLong()
        return when (match.groupValues[2]) {
            "ms" -> Duration.ofMillis(amount)
            "s" -> Duration.ofSeconds(amount)
            "m" -> Duration.ofMinutes(amount)
            else -> Duration.ofHours(amount)
        }
    }

    private fun iso(value: String) = try {
        Duration.parse(value)
    } catch (e: java.time.format.DateTimeParseException) {
        throw TypeConversionException("'$value' is not a valid duration: write 300ms, 40s, 2m or PT1S").apply {
            initCause(e)
        }
    }

    private companion object {
        private val SHORT = Regex("""(\d{1,12})(ms|s|m|h)""")
    }
}
