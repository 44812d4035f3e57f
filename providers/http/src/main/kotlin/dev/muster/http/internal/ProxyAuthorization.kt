package dev.muster.http.internal

import dev.muster.spi.ProxyCredentials
import java.util.Base64

/**
 * What a proxy is told in `Proxy-Authorization`, with every request to it: the JDK keeps the header from whoever is
 * behind the proxy. An `Authenticator` in its place would answer servers too, and have the JDK fail on their 401s.
 */
internal class ProxyAuthorization(credentials: ProxyCredentials) {
    private val encoded =
        Base64.getEncoder().encodeToString("${credentials.user}:${credentials.password}".toByteArray())

    /** The header's value. */
    val header: String = "Basic $encoded"

    /** What nobody may see. */
    val secrets: Set<String> = setOf(credentials.password, encoded)

    override fun toString(): String = "ProxyAuthorization(***)"

    companion object {
        const val HEADER = "Proxy-Authorization"

        /** The JDK's switch; what is in it is not sent to open a tunnel, and by default it is `Basic`. */
        const val SWITCH = "jdk.http.auth.tunneling.disabledSchemes"

        /** Whether the JDK keeps the header back where a tunnel is to be opened, as far as one can tell. */
        fun isKeptBack(): Boolean =
            System.getProperty(SWITCH, "Basic").split(',').any { it.trim().equals("Basic", ignoreCase = true) }
    }
}
