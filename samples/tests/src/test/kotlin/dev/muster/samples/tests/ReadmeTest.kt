package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.nio.file.Path
import kotlin.io.path.readText

/** Checks that the programs in the README are those that the build compiles. */
class ReadmeTest {
    private val root = Path.of("").toAbsolutePath().parent.parent

    @ParameterizedTest
    @CsvSource(
        "java,   samples/java/src/main/java/dev/muster/samples/java/HelloFuture.java",
        "java,   samples/java/src/main/java/dev/muster/samples/java/HelloBlocking.java",
        "kotlin, samples/kotlin/src/main/kotlin/dev/muster/samples/kotlin/HelloSuspend.kt",
    )
    fun `the README shows the program as it is compiled`(language: String, file: String) {
        val program = root.resolve(file).readText()
        val shown = "```$language\n" + program.substring(program.indexOf("import ")).trimEnd() + "\n```"
        assertTrue(shown in root.resolve("README.md").readText(), "README.md must contain this block:\n$shown")
    }
}
