package dev.muster.apicheck

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File
import java.lang.reflect.Member
import java.lang.reflect.Modifier

/**
 * Compares the public API of the module [artifact] with the dump in its `api` directory. The module's directory must be
 * the current one. Packages called `internal` are not public API. Run with `-Dapi.update=true` to rewrite the dump.
 */
public abstract class ApiCheck(private val artifact: String) {
    /** Fails if they differ and shows the difference. */
    @Test
    public fun publicApiIsAsItIsWrittenDown() {
        val classes = File("target/classes").walkTopDown().filter(::isPublicApi).asIterable()
        val now = buildString {
            AbiTools.getInstance(AbiTools::class.java.classLoader).printJvmDump(this, classes, AbiFilters.EMPTY)
        }
        val dump = File("api/$artifact.api")
        if (System.getProperty("api.update").toBoolean()) {
            dump.parentFile.mkdirs()
            dump.writeText(now)
        }
        assertEquals(dump.readText(), now)
    }

    /** Fails if Java code can see a mangled name, which the Kotlin compiler makes for an internal member. */
    @Test
    public fun noMangledNameIsVisibleToJava() {
        val root = File("target/classes")
        val mangled =
            root
                .walkTopDown()
                .filter { it.extension == "class" }
                .map { it.relativeTo(root).path.removeSuffix(".class").replace(File.separatorChar, '.') }
                .map { Class.forName(it, false, javaClass.classLoader) }
                .filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic && ".internal." !in it.name }
                .filter { it.enclosingMethod == null && !it.isAnonymousClass }
                .flatMap { type -> (type.declaredMethods.asSequence<Member>() + type.declaredFields) }
                .filter { it.modifiers and VISIBLE != 0 && !it.isSynthetic && '$' in it.name }
                .map { "${it.declaringClass.name}.${it.name}" }
                .sorted()
                .toList()
        assertEquals(emptyList<String>(), mangled)
    }

    private companion object {
        const val VISIBLE = Modifier.PUBLIC or Modifier.PROTECTED

        fun isPublicApi(file: File) = file.extension == "class" && file.parentFile.name != "internal"
    }
}
