package dev.muster.chat

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

class UsageTest {
    @Test
    fun `C20 sums figure by figure`() {
        val sum = Usage.sum(List(3) { usageOf(4, 6, cachedInputTokens = 1) })
        assertEquals(usageOf(12, 18, cachedInputTokens = 3), sum)
        assertEquals(30L, sum.totalTokens)
    }

    @Test
    fun `an unknown figure stays null and is never 0`() {
        assertNull(Usage.sum(emptyList()).totalTokens)
        assertNull(Usage.sum(listOf(Usage(3, null))).totalTokens)
        assertNull(Usage.sum(listOf(Usage(3, 4))).reasoningTokens)
    }

    @Test
    fun `what is below zero or beyond counting is unknown, and a sum with it too`() {
        val most = 1L shl 53
        assertEquals(usageOf(null, 3, total = null), Usage(-1, 3).plausible())
        assertEquals(usageOf(3, null, total = 8), usageOf(3, most + 1, total = 8).plausible())
        assertEquals(usageOf(3, 4, total = 7), usageOf(3, 4, total = -8).plausible())
        val good = usageOf(0, most, 1, 2, 3, 4)
        assertSame(good, good.plausible())
    }

    @Test
    fun `the provider's own total wins over the sum`() {
        assertEquals(9L, usageOf(3, 4, total = 9).totalTokens)
        assertEquals(16L, (usageOf(3, 4, total = 9) + Usage(3, 4)).totalTokens)
    }

    @Test
    fun `answers without usage add nothing`() {
        val silent = ChatResponse.builder().text("?").build()
        val counted = ChatResponse.builder().usage(Usage(1, 2)).build()
        assertEquals(Usage(1, 2), Usage.sum(listOf(silent, counted)))
    }
}
