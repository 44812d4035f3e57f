package dev.muster.consumers

import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.readText

/** Runs programs in separate processes. */
internal object Processes {
    private const val LIMIT_MINUTES = 9L

    val java: String = "${System.getProperty("java.home")}/bin/java"

    /** Runs [command] in [folder], writes its output to [output] and returns its exit code. */
    fun run(command: List<String>, folder: Path, output: Path): Int {
        val builder = ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
        builder.environment()["JAVA_HOME"] = System.getProperty("java.home")
        val process = builder.redirectOutput(output.toFile()).start()
        process.outputStream.close()
        try {
            val hasEnded = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)
            check(hasEnded) { "$command did not end within $LIMIT_MINUTES minutes:\n${output.readText()}" }
            return process.exitValue()
        } finally {
            process.destroyForcibly()
        }
    }
}
