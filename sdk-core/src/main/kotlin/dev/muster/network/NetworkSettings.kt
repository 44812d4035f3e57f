package dev.muster.network

import java.net.InetSocketAddress
import java.time.Duration
import java.util.Collections
import javax.net.ssl.SSLContext

/**
 * The network settings of a client, with defaults for what is not set. In Kotlin `NetworkSettings { proxy(address) }`,
 * in Java `NetworkSettings.builder().proxy(address).build()`.
 */
public class NetworkSettings private constructor(builder: Builder) {
    /** The timeout for opening a connection: TCP, the proxy's tunnel and TLS together. Default: 10 seconds. */
    @get:JvmName("connectTimeout")
    public val connectTimeout: Duration = builder.connectTimeout

    /** The HTTP proxy. Null: the JVM's `ProxySelector` decides if [systemProxy] is true, else no proxy. */
    @get:JvmName("proxy")
    public val proxy: InetSocketAddress? = builder.proxy

    /** The TLS context, which decides which certificates to trust. Null: the JDK's default. */
    @get:JvmName("sslContext")
    public val sslContext: SSLContext? = builder.sslContext

    /** The HTTP version for https endpoints. Default: [HttpVersion.HTTP_1_1]. */
    @get:JvmName("httpVersion")
    public val httpVersion: HttpVersion = builder.httpVersion

    /** The credentials for [proxy], or null if it requires none. */
    @get:JvmName("proxyCredentials")
    public val proxyCredentials: ProxyCredentials? = builder.proxyCredentials

    /**
     * The hosts that are connected to directly, without the proxy: `host.example`, `.example` for all subdomains, or a
     * pattern with a `*` at either end. Loopback addresses and `localhost` never use a proxy. Default: none.
     */
    @get:JvmName("noProxy")
    public val noProxy: Set<String> = Collections.unmodifiableSet(LinkedHashSet(builder.noProxy))

    /** Whether the JVM's `ProxySelector` decides if [proxy] is null. Default: true. */
    @get:JvmName("systemProxy")
    public val systemProxy: Boolean = builder.systemProxy

    /** Builds [NetworkSettings]. Not thread-safe. */
    public class Builder internal constructor() {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var connectTimeout: Duration = Duration.ofSeconds(10)

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var proxy: InetSocketAddress? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var sslContext: SSLContext? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var httpVersion: HttpVersion = HttpVersion.HTTP_1_1

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var proxyCredentials: ProxyCredentials? = null

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var noProxy: Set<String> = emptySet()

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var systemProxy: Boolean = true

        /**
         * Sets [NetworkSettings.connectTimeout].
         *
         * @throws IllegalArgumentException if [limit] is not positive
         */
        public fun connectTimeout(limit: Duration): Builder = apply {
            require(limit > Duration.ZERO) { "connectTimeout must be positive: $limit" }
            connectTimeout = limit
        }

        /** Sets [NetworkSettings.proxy]. */
        public fun proxy(address: InetSocketAddress?): Builder = apply { proxy = address }

        /** Sets [NetworkSettings.sslContext]. */
        public fun sslContext(context: SSLContext?): Builder = apply { sslContext = context }

        /** Sets [NetworkSettings.httpVersion]. */
        public fun httpVersion(version: HttpVersion): Builder = apply { httpVersion = version }

        /** Sets [NetworkSettings.proxyCredentials]. */
        public fun proxyCredentials(credentials: ProxyCredentials?): Builder = apply { proxyCredentials = credentials }

        /** Sets [NetworkSettings.noProxy]. */
        public fun noProxy(hosts: Set<String>): Builder = apply { noProxy = hosts }

        /** Sets [NetworkSettings.systemProxy]. */
        public fun systemProxy(isUsed: Boolean): Builder = apply { systemProxy = isUsed }

        /** Returns the settings. */
        public fun build(): NetworkSettings = NetworkSettings(this)
    }

    /** The defaults, and builders of other settings. */
    public companion object {
        /** The default settings. */
        @JvmField
        public val DEFAULT: NetworkSettings = builder().build()

        /** Returns a builder that starts with the defaults. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}

/** Returns network settings with [build] applied to the defaults. */
public fun NetworkSettings(build: NetworkSettings.Builder.() -> Unit): NetworkSettings =
    NetworkSettings.builder().apply(build).build()

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
