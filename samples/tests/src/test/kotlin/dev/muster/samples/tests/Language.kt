package dev.muster.samples.tests

import dev.muster.fake.FakeEventKind
import dev.muster.fake.FakeServer
import dev.muster.samples.common.DemoServer
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import dev.muster.samples.java.Samples as JavaSamples
import dev.muster.samples.kotlin.Samples as KotlinSamples

/** The two languages of the samples: every test runs both. */
internal enum class Language(private val samples: (DemoServer, Array<String>) -> Int) {
    JAVA({ server, args -> JavaSamples.run(server, *args) }),
    KOTLIN({ server, args -> KotlinSamples.run(server, *args) }),
    ;

    /** Runs the sample that [args] names, as `main` does, and passes the result to [check]. */
    fun run(vararg args: String, check: SampleRun.() -> Unit) {
        DemoServer().use { server ->
            val out = ByteArrayOutputStream()
            val err = ByteArrayOutputStream()
            val (oldOut, oldErr) = System.out to System.err
            val exitCode = try {
                System.setOut(PrintStream(out, true, Charsets.UTF_8))
                System.setErr(PrintStream(err, true, Charsets.UTF_8))
                samples(server, arrayOf(*args))
            } finally {
                System.setOut(oldOut)
                System.setErr(oldErr)
            }
            SampleRun(exitCode, out.toString(Charsets.UTF_8), err.toString(Charsets.UTF_8), server).check()
        }
    }
}

/** The output of a sample and what the demo server saw. */
internal class SampleRun(val exitCode: Int, val out: String, val err: String, private val demo: DemoServer) {
    val lines: List<String> get() = out.lines()
    val server: FakeServer get() = demo.fake()

    /** The output with `#` in place of every measured value. */
    val masked: String get() = out
        .replace(Regex("""\d+\.\d+(x| ?s)\b"""), "#")
        .replace(Regex("""\d+ ms\b"""), "#")

    /** How many requests had arrived when the first byte of the first reply went out. */
    val arrivedBeforeTheFirstReply: Int get() = server.events
        .takeWhile { it.kind != FakeEventKind.FIRST_BYTE }
        .count { it.kind == FakeEventKind.ARRIVED }

    override fun toString(): String = "exit code $exitCode\n$out\n$err"
}
