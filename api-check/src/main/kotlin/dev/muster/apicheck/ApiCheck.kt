package dev.muster.apicheck

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File

/**
 * The public API of the module [artifact], whose directory is the current one, is written down in its `api` directory.
 * Run with `-Dapi.update=true` to rewrite it.
 */
public abstract class ApiCheck(private val artifact: String) {
    /** Fails where they differ, and shows how. */
    @Test
    public fun publicApiIsAsItIsWrittenDown() {
        val classes = File("target/classes").walkTopDown().filter { it.extension == "class" }.asIterable()
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
}
