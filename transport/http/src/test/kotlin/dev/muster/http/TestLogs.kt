package dev.muster.http

import org.slf4j.ILoggerFactory
import org.slf4j.IMarkerFactory
import org.slf4j.Logger
import org.slf4j.Marker
import org.slf4j.event.Level
import org.slf4j.helpers.BasicMarkerFactory
import org.slf4j.helpers.LegacyAbstractLogger
import org.slf4j.helpers.MessageFormatter
import org.slf4j.helpers.NOPMDCAdapter
import org.slf4j.spi.MDCAdapter
import org.slf4j.spi.SLF4JServiceProvider
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue

/** The logging of this module's tests: every logger is at TRACE and is recorded. Warnings also go to standard error. */
public class TestLogs : SLF4JServiceProvider {
    private val loggers = ConcurrentHashMap<String, Logger>()
    private val markers = BasicMarkerFactory()
    private val contexts = NOPMDCAdapter()

    override fun getLoggerFactory(): ILoggerFactory = ILoggerFactory { loggers.computeIfAbsent(it, ::Recording) }

    override fun getMarkerFactory(): IMarkerFactory = markers

    override fun getMDCAdapter(): MDCAdapter = contexts

    override fun getRequestedApiVersion(): String = "2.0.99"

    override fun initialize() {
        // Nothing is read from anywhere.
    }

    /** The recorded log. */
    public companion object {
        private val lines = ConcurrentLinkedQueue<String>()

        /** Every line, stacks included, since the last [clear]. */
        public fun lines(): List<String> = lines.toList()

        /** Clears them. */
        public fun clear(): Unit = lines.clear()

        private fun add(level: Level, line: String) {
            lines += "$level $line"
            if (level <= Level.WARN) System.err.println("$level $line")
        }
    }

    private class Recording(loggerName: String) : LegacyAbstractLogger() {
        init {
            name = loggerName
        }

        override fun isTraceEnabled() = true

        override fun isDebugEnabled() = true

        override fun isInfoEnabled() = true

        override fun isWarnEnabled() = true

        override fun isErrorEnabled() = true

        override fun getFullyQualifiedCallerName(): String? = null

        override fun handleNormalizedLoggingCall(
            level: Level,
            marker: Marker?,
            message: String?,
            arguments: Array<out Any?>?,
            failure: Throwable?,
        ) {
            val text = MessageFormatter.basicArrayFormat(message, arguments)
            add(level, "$name: $text" + failure?.let { "\n" + it.stackTraceToString() }.orEmpty())
        }

        private companion object {
            const val serialVersionUID = 1L
        }
    }
}
