package dev.muster.network

import dev.muster.facade.running
import java.net.InetSocketAddress
import java.time.Duration
import javax.net.ssl.SSLContext

/** The network settings of a client. */
public class NetworkSettings(
    /** The timeout for opening a connection: TCP, the proxy's tunnel and TLS together. Default: 10 seconds. */
    @get:JvmName("connectTimeout")
    public val connectTimeout: Duration = Duration.ofSeconds(10),
    /** The HTTP proxy. Null: the JVM's `ProxySelector` decides if [systemProxy] is true, else no proxy. */
    @get:JvmName("proxy")
    public val proxy: InetSocketAddress? = null,
    /** The TLS context, which decides which certificates to trust. Null: the JDK's default. */
    @get:JvmName("sslContext")
    public val sslContext: SSLContext? = null,
    /** The HTTP version for https endpoints. Default: [HttpVersion.HTTP_1_1]. */
    @get:JvmName("httpVersion")
    public val httpVersion: HttpVersion = HttpVersion.HTTP_1_1,
    /** The credentials for [proxy], or null if it requires none. */
    @get:JvmName("proxyCredentials")
    public val proxyCredentials: ProxyCredentials? = null,
    /**
     * The hosts that are connected to directly, without the proxy: `host.example`, `.example` for all subdomains, or a
     * pattern with a `*` at either end. Loopback addresses and `localhost` never use a proxy.
     */
    @get:JvmName("noProxy")
    public val noProxy: Set<String> = emptySet(),
    /** Whether the JVM's `ProxySelector` decides if [proxy] is null. Default: true. */
    @get:JvmName("systemProxy")
    public val systemProxy: Boolean = true,
)

/**
 * A user name and password for a proxy. `toString` shows neither.
 *
 * @throws IllegalArgumentException if [user] contains a colon, or if [user] or [password] contains a control character
 */
public class ProxyCredentials(
    /** The user name, without a colon. */
    @get:JvmName("user")
    public val user: String,
    /** The password. */
    @get:JvmName("password")
    public val password: String,
) {
    init {
        require(':' !in user && (user + password).none { it.isISOControl() }) {
            "The proxy user must not contain a colon, and neither user nor password a control character"
        }
    }

    override fun toString(): String = "ProxyCredentials(***)"
}

/** An HTTP version. */
public enum class HttpVersion {
    /** Each running HTTP exchange has its own connection, which is then reused. The default. */
    HTTP_1_1,

    /**
     * All exchanges with a host share one connection, if the host offers HTTP/2 over TLS. Otherwise, and always for a
     * plain http URL, [HTTP_1_1] is used.
     *
     * Not the default, because exchanges on one connection fail together: if the connection breaks or the peer closes
     * it, all of them fail. The JDK's client has also had bugs in which a cancelled exchange made its connection
     * unusable for the others. Most hosts accept about 100 concurrent exchanges on a connection. Beyond that, and while
     * the first connection is being opened, further connections are opened.
     */
    HTTP_2,
}
