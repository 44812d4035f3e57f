package dev.muster.consumers

import java.io.File
import java.io.StringWriter
import java.nio.file.Path
import javax.tools.ToolProvider
import kotlin.io.path.extension
import kotlin.io.path.readText
import kotlin.io.path.walk

/** The program below `src/smoke`, compiled once: its Kotlin by the compiler 2.1, its Java by the JDK's for 17. */
internal class Program(compiler: ClassPath, libraries: ClassPath) {
    private val sources = Path.of("src/smoke").toAbsolutePath()
    private val classes = Build.target.resolve("smoke-classes")
    private val moduleClasses = Build.target.resolve("smoke-module")

    init {
        Build.empty(classes)
        kotlin(compiler.jars, libraries.jars)
        java(libraries.jars)
    }

    private fun kotlin(compiler: String, libraries: String) {
        val plugin = compiler.split(File.pathSeparator).single { "serialization-compiler-plugin" in it }
        val command =
            listOf(Processes.java, "-Xmx1g", "-XX:TieredStopAtLevel=1") +
                listOf("-cp", compiler, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler") +
                listOf("-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror", "-Xplugin=$plugin") +
                listOf("-cp", libraries, "-d", "$classes", "$sources/kotlin", "$sources/java")
        val log = Build.target.resolve("smoke-kotlinc.log")
        val code = Processes.run(command, Build.target, log)
        check(code == 0) { "Kotlin's compiler 2.1 refuses the program:\n${log.readText()}" }
    }

    private fun java(libraries: String) {
        val files = sources.resolve("java").walk().filter { it.extension == "java" }.toList()
        javac(files, "-cp", "$classes${File.pathSeparator}$libraries", "-d", "$classes")
    }

    private fun javac(files: List<Path>, vararg options: String) {
        val log = StringWriter()
        val compiler = checkNotNull(ToolProvider.getSystemJavaCompiler()) { "This is a JRE: a JDK is needed" }
        val sources = compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromPaths(files)
        val task = compiler.getTask(log, null, null, listOf("--release", "17", *options), null, sources)
        check(task.call()) { "javac refuses the program:\n$log" }
    }

    /** Runs [parts] of the program on [classPath]; what it has printed, if all its checks have passed. */
    fun run(classPath: ClassPath, parts: List<String>): String =
        start(classPath, listOf("-cp", "$classes${File.pathSeparator}${classPath.jars}", "smoke.Main") + parts)

    /** Runs the program as a module, which requires those of [classPath]. */
    fun runAsModule(classPath: ClassPath): String {
        Build.empty(moduleClasses)
        classes.toFile().copyRecursively(moduleClasses.toFile())
        val path = classPath.jars
        javac(listOf(sources.resolve("module/module-info.java")), "--module-path", path, "-d", "$moduleClasses")
        // A module without a descriptor, as Muster's, does not say what it requires.
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
}
