package dev.muster

import org.slf4j.LoggerFactory
import org.slf4j.simple.SimpleLogger
import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** What [block] has logged to [logger] at DEBUG, line by line, without what stands before the message. */
fun debugLinesOf(logger: String, block: () -> Unit): List<String> {
    val level = SimpleLogger::class.java.getDeclaredField("currentLogLevel").apply { isAccessible = true }
    val target = LoggerFactory.getLogger(logger)
    val usual = level.getInt(target)
    val stderr = System.err
    val written = ByteArrayOutputStream()
    try {
        level.setInt(target, DEBUG)
        System.setErr(PrintStream(written, true, Charsets.UTF_8))
        block()
    } finally {
        System.setErr(stderr)
        level.setInt(target, usual)
    }
    return written.toString(Charsets.UTF_8).lines().filter { logger in it }.map { it.substringAfter("$logger - ") }
}

private const val DEBUG = 10
