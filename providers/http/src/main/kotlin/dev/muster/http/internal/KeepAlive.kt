package dev.muster.http.internal

import java.net.http.HttpClient

/**
 * How long the JDK's clients keep a connection that nobody uses: 20 minutes before JDK 21, 30 seconds since. It takes
 * that from a system property when the first of them is made in a JVM, and for all of them. So the property is set
 * while our clients are made, where nobody has set it; where another client was made before, it has no effect.
 */
internal object KeepAlive {
    private const val PROPERTY = "jdk.httpclient.keepalive.timeout"

    /** What JDK 21 and later have. */
    const val SECONDS: Int = 30

    /** Makes a client by [build] that keeps connections for [seconds]. */
    @Synchronized
    fun <T : HttpClient> limited(seconds: Int, build: () -> T): T {
        if (System.getProperty(PROPERTY) != null) return build()
        System.setProperty(PROPERTY, seconds.toString())
        try {
            return build()
        } finally {
            System.clearProperty(PROPERTY)
        }
    }
}
