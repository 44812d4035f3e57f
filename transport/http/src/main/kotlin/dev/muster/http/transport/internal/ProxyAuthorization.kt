package dev.muster.http.transport.internal

import dev.muster.network.ProxyCredentials
import java.util.Base64

/**
 * The header `Proxy-Authorization`, set on every request to a proxy. The JDK does not forward it to the server behind
 * the proxy. An `Authenticator` would also respond to servers and make the JDK fail on their 401s.
 */
internal class ProxyAuthorization(credentials: ProxyCredentials) {
    private val encoded =
        Base64.getEncoder().encodeToString("${credentials.user}:${credentials.password}".toByteArray())

    /** The header's value. */
    val header: String = "Basic $encoded"

    /** The values that must not appear in messages. */
    val secrets: Set<String> = setOf(credentials.password, encoded)

    override fun toString(): String = "ProxyAuthorization(***)"

    companion object {
        const val HEADER = "Proxy-Authorization"

        /** The JDK's system property that lists the schemes not sent when a tunnel is opened. Default: `Basic`. */
        const val SWITCH = "jdk.http.auth.tunneling.disabledSchemes"

        /** Whether the JDK withholds the header when it opens a tunnel, as far as the property tells. */
        fun isKeptBack(): Boolean =
            System.getProperty(SWITCH, "Basic").split(',').any { it.trim().equals("Basic", ignoreCase = true) }
    }
}
