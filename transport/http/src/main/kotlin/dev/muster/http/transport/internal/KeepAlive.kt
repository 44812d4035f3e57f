package dev.muster.http.transport.internal

import java.net.http.HttpClient

/**
 * Limits how long the JDK clients keep an idle connection. The JDK default is 20 minutes before JDK 21 and 30 seconds
 * since. The JDK reads it from a system property when the first client in the JVM is created, and uses it for all. So
 * the property is set while our clients are created, unless the user has set it. It has no effect if another client
 * was created before.
 */
internal object KeepAlive {
    private const val PROPERTY = "jdk.httpclient.keepalive.timeout"

    /** The default of JDK 21 and later. */
    const val SECONDS: Int = 30

    /** Creates a client with [build] that keeps idle connections for [seconds]. */
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
