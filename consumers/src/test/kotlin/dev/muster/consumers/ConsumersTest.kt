package dev.muster.consumers

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import java.util.concurrent.TimeUnit

/**
 * Runs the packaged jars, unchanged, on the class paths of users. Each class path runs the program below `src/smoke` in
 * a separate JVM.
 */
@Timeout(10, unit = TimeUnit.MINUTES)
internal class ConsumersTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("everywhere")
    fun `all parts of the program run on`(name: String) {
        val printed = program.run(classPath(name), listOf("create", "calls", "types", "kotlin"))
        assertEquals(CHECKS, printed.lines().filter { it.startsWith("ok ") }.size, printed)
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withBom")
    fun `where muster-bom comes before a framework its versions are taken`(name: String) {
        val readme = classPath("README.md-1").kotlinLibraries()
        assertTrue(readme.isNotEmpty())
        assertEquals(readme, classPath(name).kotlinLibraries())
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jacksons")
    fun `Java classes are answers and arguments with`(name: String) {
        val printed = program.run(classPath(name), listOf("types"))
        assertTrue("ok sealed within" in printed, printed)
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spring")
    fun `what ends a request of Spring ends its call, on`(kind: String) {
        val printed = program.runSpring(ClassPaths.SPRING.getValue(kind), kind)
        assertEquals(SPRING_CHECKS[kind], printed.lines().filter { it.startsWith("ok ") }.size, printed)
    }

    @Test
    fun `all parts of the program run on the module path`() {
        val printed = program.runAsModule(classPath("plain"))
        assertTrue("all ok" in printed, printed)
    }

    @Test
    fun `a class path that is too old is refused with what to import`() {
        val printed = program.run(ClassPaths.TOO_OLD, listOf("too old"))
        assertEquals(
            2,
            Regex("kotlinx-coroutines 1.7.*Import dev.muster:muster-bom before").findAll(printed).count(),
            printed,
        )
    }

    @Test
    fun `victools 5, which wants Jackson 3, is refused before anything is sent`() {
        val printed = program.run(ClassPaths.VICTOOLS_5, listOf("refusals"))
        assertTrue("com.github.victools:jsonschema-generator:4.38.0" in printed, printed)
    }

    @Test
    fun `victools 4, which wants Jackson 2, is refused by muster-jackson3 before anything is sent`() {
        val printed = program.run(ClassPaths.VICTOOLS_4, listOf("refusals"))
        assertTrue("com.github.victools:jsonschema-generator:5.0.0" in printed, printed)
    }

    @Test
    fun `of two bindings neither is taken, and both are named`() {
        val printed = program.run(ClassPaths.BOTH_BINDINGS, listOf("refusals"))
        assertTrue("dev.muster.jackson.JacksonBinding, dev.muster.jackson3.Jackson3Binding" in printed, printed)
    }

    @Test
    fun `without muster-jackson a Java class is refused before anything is sent`() {
        val printed = program.run(ClassPaths.WITHOUT_JACKSON, listOf("refusals"))
        assertTrue("add dev.muster:muster-jackson:${Build.version} to the class path" in printed, printed)
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("documented")
    fun `Maven finds the coordinates that a document shows, and those for Gradle are the same`(name: String) {
        val shown = Coordinates.ALL.single { it.name == name }
        assertEquals(shown.forMaven, shown.forGradle)
        val missing = shown.artifacts.filterNot { "/$it-" in shown.classPath.jars }
        assertEquals(emptyList<String>(), missing, shown.classPath.jars)
    }

    private fun classPath(name: String) = ClassPaths.ALL.single { it.name == name }

    companion object {
        private const val CHECKS = 1 + 12 + 10 + 8
        private val SPRING_CHECKS = mapOf("SERVLET" to 5, "REACTIVE" to 10)
        private lateinit var program: Program

        @BeforeAll
        @Timeout(20, unit = TimeUnit.MINUTES)
        @JvmStatic
        fun compile() {
            ClassPath.resolve(ClassPaths.ALL)
            program = Program(ClassPaths.COMPILER, ClassPaths.OLDEST, ClassPaths.SPRING.values.toList())
        }

        @JvmStatic
        fun everywhere() = ClassPaths.EVERYWHERE.map { it.name }

        @JvmStatic
        fun spring() = ClassPaths.SPRING.keys

        @JvmStatic
        fun documented() = Coordinates.ALL.map { it.name }

        @JvmStatic
        fun withBom() = everywhere().filter { "muster-bom" in it }

        @JvmStatic
        fun jacksons() = ClassPaths.JACKSONS.map { it.name }
    }
}
