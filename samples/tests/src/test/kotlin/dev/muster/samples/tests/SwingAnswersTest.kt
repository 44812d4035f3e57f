package dev.muster.samples.tests

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.awt.Component
import java.awt.Container
import java.awt.GraphicsEnvironment
import java.awt.Window
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import javax.swing.JButton
import javax.swing.SwingUtilities
import javax.swing.Timer

internal class SwingAnswersTest {
    @ParameterizedTest
    @EnumSource
    fun `ten answers are written at once, and all they bring comes on the one thread`(language: Language) =
        language.run("swing-answers", "--no-window", "--latency=500ms") {
            assertEquals(0, exitCode, err)
            assertEquals(10, server.peakInFlight)
            assertEquals(10, lines.count { it.startsWith("Describe ") && " -> " in it }, out)
            assertTrue("Describe rust. -> Rust is iron going home." in out, out)
            assertTrue("0 changes on another thread than the user interface's" in lines, out)
            assertEquals("", err)
        }

    @ParameterizedTest
    @EnumSource
    fun `Cancel closes the connections of all answers that are not whole`(language: Language) =
        language.run("swing-answers", "--no-window", "--latency=10s", "--cancel-after=3") {
            assertEquals(0, exitCode, err)
            assertEquals(10, lines.count { " -> CANCELLED" in it }, out)
            server.awaitIdle(PATIENCE)
            assertEquals(server.requestCount, server.disconnects)
        }

    @Tag("quiet")
    @ParameterizedTest
    @EnumSource
    fun `the window stays alive while the answers come, and its button cancels them`(language: Language) {
        // Without a display the sample opens no window, and neither does this test.
        if (GraphicsEnvironment.isHeadless()) {
            return language.run("swing-answers", "--latency=50ms") { assertTrue("Without a window." in lines, out) }
        }
        // Like a user: the test has its own clock on Swing's thread and presses the button.
        val driven = CompletableFuture.supplyAsync(::pressCancelAfterAWhile)
        language.run("swing-answers", "--auto-close", "--latency=2s") {
            assertEquals(0, exitCode, err)
            val longestPause = driven.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            assertTrue(longestPause < 1_000, "Swing's thread was blocked for $longestPause ms")
            assertTrue(lines.any { it.matches(Regex("The clock ticked [0-9]{2,} times, .*")) }, out)
            assertEquals(10, lines.count { " -> CANCELLED" in it }, out)
            server.awaitIdle(PATIENCE)
            assertEquals(10, server.disconnects)
        }
    }

    /** Presses Cancel after sixty ticks of Swing in the window. Returns the longest pause between two ticks. */
    private fun pressCancelAfterAWhile(): Long {
        val pressed = CountDownLatch(1)
        var last = 0L
        var longest = 0L
        var ticks = 0
        val timer = Timer(TICK) { event ->
            val button = Window.getWindows().filter {
                it.isShowing
            }.firstNotNullOfOrNull(::find)?.takeIf { it.isEnabled }
            if (button != null) {
                val now = System.nanoTime()
                if (ticks++ > 0) longest = maxOf(longest, now - last)
                last = now
                if (ticks == TICKS) {
                    (event.source as Timer).stop()
                    button.doClick()
                    pressed.countDown()
                }
            }
        }
        SwingUtilities.invokeLater { timer.start() }
        assertTrue(pressed.await(1, TimeUnit.MINUTES), "no window appeared")
        return TimeUnit.NANOSECONDS.toMillis(longest)
    }

    private fun find(component: Component): JButton? = when {
        component is JButton && component.name == "cancel" -> component
        component is Container -> component.components.firstNotNullOfOrNull(::find)
        else -> null
    }

    private companion object {
        const val TICK = 25
        const val TICKS = 60
    }
}
