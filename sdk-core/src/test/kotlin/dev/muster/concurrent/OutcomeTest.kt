package dev.muster.concurrent

import dev.muster.runCatchingAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Duration

class OutcomeTest {
    private val boom = Boom()

    @Test
    fun `a success gives its value`() {
        val outcome: Outcome<Int> = Outcome.Success(1)
        assertTrue(outcome.isSuccess)
        assertEquals(1, outcome.getOrNull())
        assertEquals(1, outcome.getOrThrow())
        assertNull(outcome.exceptionOrNull())
        assertEquals("Success(1)", "$outcome")
    }

    @Test
    fun `a failure gives its exception, the very instance`() {
        val outcome: Outcome<Int> = Outcome.Failure(boom)
        assertFalse(outcome.isSuccess)
        assertNull(outcome.getOrNull())
        assertSame(boom, outcome.exceptionOrNull())
        assertSame(boom, runCatchingAll { outcome.getOrThrow() })
        assertEquals("Failure(dev.muster.concurrent.Boom: boom)", "$outcome")
    }

    @Test
    fun `values are equal by their parts`() {
        fun parts() = listOf(
            Outcome.Success(1),
            Outcome.Success(null),
            Outcome.Failure<Int>(boom),
            RaceResult(1, "a", Duration.ofMillis(5), "v"),
            Completed(1, "i", "a", Duration.ofMillis(5), 2, Outcome.Success("v")),
        )
        assertEquals(parts(), parts())
        assertEquals(parts().map { it.hashCode() }, parts().map { it.hashCode() })
        assertEquals(parts().size, parts().toSet().size)
        assertNotEquals(RaceResult(1, "a", Duration.ZERO, 1), RaceResult(2, "a", Duration.ZERO, 1))
        assertEquals("RaceResult(index=1, label=a, elapsed=PT0.005S, value=v)", "${parts()[3]}")
        assertEquals(
            "Completed(index=1, item=i, label=a, elapsed=PT0.005S, pending=2, outcome=Success(v))",
            "${parts()[4]}",
        )
    }
}
