package dev.muster.internal

import dev.muster.chat.unknownProvider
import dev.muster.concurrent.forEachSurely
import dev.muster.network.NetworkSettings
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderSession
import dev.muster.provider.SharedResource
import dev.muster.provider.Transport
import java.time.Duration
import java.util.concurrent.ConcurrentHashMap

/** The providers of one client. Opens each at its first use, and closes the resources that they share. */
internal class ProviderRegistry(
    providers: List<ModelProvider>,
    private val configs: Map<String, ProviderConfig>,
    override val network: NetworkSettings,
    private val environment: (String) -> String?,
    private val transport: Transport?,
) : ProviderContext {
    private val providers: Map<String, ModelProvider> = byId(providers, configs)
    private val sessions = ConcurrentHashMap<String, ProviderSession>()
    private val resources = listOfNotNull<SharedResource>(transport).toMutableList()
    private var closed = false

    val ids: Set<String> get() = providers.keys

    /** Returns the endpoint of the known provider [id]. */
    fun session(id: String): ProviderSession = sessions.computeIfAbsent(id) {
        val config = configs[id] ?: ProviderConfig.builder().build()
        providers.getValue(id).open(id, config, this)
    }

    override fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T = synchronized(resources) {
        require(transport == null || type.isInstance(transport) || !Transport::class.java.isAssignableFrom(type)) {
            "The providers need a transport of type ${type.name}, but the client has a ${transport?.javaClass?.name}"
        }
        resources.firstNotNullOfOrNull { if (type.isInstance(it)) type.cast(it) else null }
            ?: create().also {
                resources += it
                // A closed client still returns models; their calls fail.
                if (closed) it.close()
            }
    }

    override fun environment(name: String): String? = environment.invoke(name)?.ifBlank { null }

    fun close() = synchronized(resources) {
        closed = true
        resources.toList()
    }.forEachSurely { it.close() }

    /** Waits until all shared resources are closed, at most [timeout] in total. */
    fun awaitClosed(timeout: Duration): Boolean {
        val end = System.nanoTime() + timeout.toNanos()
        return synchronized(resources) { resources.toList() }
            .all { it.awaitClosed(Duration.ofNanos(maxOf(0, end - System.nanoTime()))) }
    }

    private companion object {
        fun byId(providers: List<ModelProvider>, configs: Map<String, ProviderConfig>): Map<String, ModelProvider> {
            val known = LinkedHashMap<String, ModelProvider>()
            providers.forEach { provider -> provider.ids.forEach { known[it] = provider } }
            val own =
                configs.mapNotNull { (id, config) ->
                    val model = config.compatibleWith
                    require(model != null || id in known) {
                        "'$id' is configured, but is not a provider: ${unknownProvider(id, known.keys)}; for a " +
                            "custom endpoint set compatibleWith(\"openai\")"
                    }
                    model?.let {
                        val provider = known[it]
                        requireNotNull(provider) {
                            "'$id' is compatible with '$it', which is not a provider: " +
                                unknownProvider(it, known.keys)
                        }
                        id to provider
                    }
                }
            return known + own
        }
    }
}
