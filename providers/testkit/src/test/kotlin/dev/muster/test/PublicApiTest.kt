package dev.muster.test

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.io.File

/** The public API is written down in api/muster-test.api; run with -Dapi.update=true to rewrite it. */
class PublicApiTest {
    @Test
    fun `public api matches the dump`() {
        val now =
            buildString {
                AbiTools.getInstance(javaClass.classLoader).printJvmDump(
                    this,
                    File("target/classes").walkTopDown().filter { it.extension == "class" }.asIterable(),
                    AbiFilters.EMPTY,
                )
            }
        val dump = File("api/muster-test.api")
        if (System.getProperty("api.update").toBoolean()) {
            dump.parentFile.mkdirs()
            dump.writeText(now)
        }
        assertEquals(dump.readText(), now)
    }
}
