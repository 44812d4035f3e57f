package dev.muster.consumers

import java.io.File
import java.io.StringWriter
import java.nio.file.Path
import javax.tools.JavaCompiler
import javax.tools.ToolProvider
import kotlin.io.path.extension
import kotlin.io.path.readText
import kotlin.io.path.walk

/**
 * The programs below `src/smoke` and `src/spring`, compiled once: Kotlin by the compiler 2.1, Java by javac for release
 * 17.
 */
internal class Program(compiler: ClassPath, libraries: ClassPath, private val spring: List<ClassPath>) {
    private val sources = Path.of("src/smoke").toAbsolutePath()
    private val springSources = Path.of("src/spring").toAbsolutePath()
    private val classes = Build.target.resolve("smoke-classes")
    private val springClasses = Build.target.resolve("spring-classes")
    private val moduleClasses = Build.target.resolve("smoke-module")

    init {
        Build.empty(classes)
        Build.empty(springClasses)
        kotlin(compiler.jars, libraries.jars + File.pathSeparator + springJars())
        java(libraries.jars)
        javac(
            sources(springSources),
            "-parameters",
            "-cp",
            listOf("$classes", libraries.jars, springJars()).joinToString(File.pathSeparator),
            "-d",
            "$springClasses",
        )
    }

    /** The jars that the programs with Spring need in addition to those of the smoke program, each once. */
    private fun springJars(): String = spring
        .flatMap { it.jars.split(File.pathSeparator) }
        .filter { SPRING.containsMatchIn(it.substringAfterLast(File.separator)) }
        .distinct()
        .joinToString(File.pathSeparator)

    private fun kotlin(compiler: String, libraries: String) {
        val plugin = compiler.split(File.pathSeparator).single { "serialization-compiler-plugin" in it }
        val command =
            listOf(Processes.java, "-Xmx1g", "-XX:TieredStopAtLevel=1") +
                listOf("-cp", compiler, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler") +
                listOf("-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror", "-Xplugin=$plugin") +
                listOf("-java-parameters", "-cp", libraries, "-d", "$classes") +
                listOf(sources, springSources).flatMap { listOf("$it/kotlin", "$it/java") }
        val log = Build.target.resolve("smoke-kotlinc.log")
        val code = Processes.run(command, Build.target, log)
        check(code == 0) { "Kotlin's compiler 2.1 did not compile the program:\n${log.readText()}" }
    }

    private fun java(libraries: String) {
        javac(sources(sources), "-cp", "$classes${File.pathSeparator}$libraries", "-d", "$classes")
    }

    private fun sources(folder: Path): List<Path> =
        folder.resolve("java").walk().filter { it.extension == "java" }.toList()

    private fun javac(files: List<Path>, vararg options: String) {
        val log = StringWriter()
        val found: JavaCompiler? = ToolProvider.getSystemJavaCompiler()
        val compiler = checkNotNull(found) { "No Java compiler: run on a JDK, not a JRE" }
        val sources = compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(files)
        val task = compiler.getTask(log, null, null, listOf("--release", "17", *options), null, sources)
        check(task.call()) { "javac did not compile the program:\n$log" }
    }

    /** Runs [parts] of the program on [classPath]. Returns its output if all its checks passed. */
    fun run(classPath: ClassPath, parts: List<String>): String =
        start(classPath, listOf("-cp", "$classes${File.pathSeparator}${classPath.jars}", "smoke.Main") + parts)

    /** Runs the Spring program of [kind] on [classPath]. Returns its output if all its checks passed. */
    fun runSpring(classPath: ClassPath, kind: String): String {
        val path = listOf("$springClasses", "$classes", classPath.jars).joinToString(File.pathSeparator)
        return start(classPath, listOf("-cp", path, "web.SpringChecks", kind))
    }

    /** Runs the program as a module that requires the modules of [classPath]. */
    fun runAsModule(classPath: ClassPath): String {
        Build.empty(moduleClasses)
        classes.toFile().copyRecursively(moduleClasses.toFile())
        val path = classPath.jars
        javac(listOf(sources.resolve("module/module-info.java")), "--module-path", path, "-d", "$moduleClasses")
        // An automatic module, as Muster's are, does not declare what it requires.
        val all = listOf("--add-modules", "ALL-MODULE-PATH")
        val module = listOf("--module-path", "$moduleClasses${File.pathSeparator}$path", "--module", "smoke/smoke.Main")
        return start(classPath, all + module)
    }

    private fun start(classPath: ClassPath, arguments: List<String>): String {
        val command = listOf(Processes.java, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1") + arguments
        val code = Processes.run(command, Build.target, classPath.output)
        val printed = classPath.output.readText()
        check(code == 0) { "On the class path ${classPath.name} the program ended with $code:\n$printed" }
        return printed
    }

    private companion object {
        val SPRING = Regex("^(spring-|reactor-core|reactive-streams)")
    }
}
