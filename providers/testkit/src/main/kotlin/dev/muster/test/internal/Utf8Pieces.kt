package dev.muster.test.internal

/** Pieces of a body as text. A character that goes over the end of a piece belongs to the next. */
internal class Utf8Pieces {
    private val pieces = ArrayList<String>()
    private var open = ByteArray(0)

    fun add(buffer: ByteArray, count: Int) {
        val bytes = open + buffer.copyOf(count)
        val whole = bytes.size - unfinished(bytes)
        open = bytes.copyOfRange(whole, bytes.size)
        if (whole > 0) pieces += bytes.decodeToString(0, whole)
    }

    fun all(): List<String> = if (open.isEmpty()) pieces.toList() else pieces + open.decodeToString()

    /** How many bytes at the end are the beginning of a character. */
    private fun unfinished(bytes: ByteArray): Int {
        for (back in 1..minOf(LONGEST - 1, bytes.size)) {
            val byte = bytes[bytes.size - back].toInt() and 0xFF
            if (byte and 0xC0 == 0x80) continue
            val length =
                when {
                    byte >= 0xF0 -> 4
                    byte >= 0xE0 -> 3
                    byte >= 0xC0 -> 2
                    else -> 1
                }
            return if (length > back) back else 0
        }
        return 0
    }

    private companion object {
        const val LONGEST = 4
    }
}
