@file:OptIn(InternalMusterApi::class)

package dev.muster.java.errors

import dev.muster.annotation.InternalMusterApi
import dev.muster.facade.original
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicNode
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.Timeout

/**
 * D4: wherever an [Error] is thrown, the caller gets that same instance at once. It is never retried or reported to a
 * model, and nothing stays open.
 */
class ErrorTableTest {
    private val runners: List<ErrorRunner> = JavaErrors.STYLES + SuspendErrors()

    @TestFactory
    @Timeout(300)
    fun `D4 an Error at any place ends the call, in every style`(): List<DynamicNode> = Spot.entries.map { spot ->
        dynamicContainer("$spot", runners.filter { it.has(spot, Around.NOTHING) }.map { row(spot, Around.NOTHING, it) })
    }

    @TestFactory
    @Timeout(300)
    fun `D4 an Error ends whatever is around the call, in every style`(): List<DynamicNode> = Around.entries.map { it }
        .map { around ->
            val rows = listOf(Spot.CHAT, Spot.STREAM_AFTER_A_TOKEN, Spot.MAPPER).flatMap { spot ->
                runners.filter { it.has(spot, around) }.map { row(spot, around, it) }
            }
            dynamicContainer("$around", rows)
        }

    @TestFactory
    @Timeout(300)
    fun `D4 an Error at any place ends whatever is around it`(): List<DynamicNode> = Spot.entries.map { spot ->
        val rows = Around.entries.flatMap { around ->
            runners.filter { it.style in BOTH_LANGUAGES && it.has(spot, around) }.map { row(spot, around, it) }
        }
        dynamicContainer("$spot", rows)
    }

    private fun row(spot: Spot, around: Around, runner: ErrorRunner) =
        dynamicTest("$spot in $around [${runner.style}]") {
            val fault = Fault.entries[(spot.ordinal + around.ordinal + runners.indexOf(runner)) % Fault.entries.size]
            val problems = problems(fault, spot, around, runner)
            if (problems.isNotEmpty()) throw IllegalStateException(problems.joinToString("\n", "$fault:\n"))
        }

    private fun problems(fault: Fault, spot: Spot, around: Around, runner: ErrorRunner): List<String> =
        Scene(spot, fault.error()).use { scene ->
            val failure = runner.failure(scene, spot, around)
            buildList {
                if (failure == null) add("the call gave a value")
                if (failure != null &&
                    original(failure) !== scene.error
                ) {
                    add("it failed with ${failure.stackTraceToString()}")
                }
                val open = scene.openInTheEnd()
                if (open > 0) add("$open exchanges are open")
                val slots = scene.slotsInTheEnd()
                if (slots > 0) add("$slots slots are taken")
                if (scene.requests.get() > MOST_REQUESTS) add("there were ${scene.requests} requests")
            }
        }

    private companion object {
        /** A round of an agent, the one next to it, and the one that failed. */
        const val MOST_REQUESTS = 3
        val BOTH_LANGUAGES = setOf("execute", "suspend")
    }
}
