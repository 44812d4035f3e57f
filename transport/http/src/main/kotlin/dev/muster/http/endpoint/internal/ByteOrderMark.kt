package dev.muster.http.endpoint.internal

private val MARK = byteArrayOf(0xEF.toByte(), 0xBB.toByte(), 0xBF.toByte())

/** The first [size] bytes as text, without the byte order mark that some servers send first. */
internal fun ByteArray.textWithoutMark(size: Int): String {
    val from = if (size >= MARK.size && MARK.indices.all { this[it] == MARK[it] }) MARK.size else 0
    return String(this, from, size - from, Charsets.UTF_8)
}
