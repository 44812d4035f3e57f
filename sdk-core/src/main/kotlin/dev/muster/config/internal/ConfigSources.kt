package dev.muster.config.internal

import dev.muster.config.ConfigSource
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderVariables

/** The effective value of a setting, and its source. */
internal class Found(val raw: Raw, val source: ConfigSource)

/** The values of all sources. */
internal class ConfigSources(
    private val arguments: Map<String, Raw>,
    private val file: Map<String, Raw>,
    private val environment: (String) -> String?,
    providers: List<ModelProvider>,
) {
    private val byId: Map<String, ModelProvider> =
        providers.flatMap { provider -> provider.ids.map { it to provider } }.toMap()

    private val written = arguments.keys + file.keys

    init {
        (arguments.entries + file.entries).forEach { (key, raw) ->
            requireNotNull(Keys.kindOf(key)) {
                "'$key' is not a setting (${raw.origin}). The settings are: ${Keys.SINGLE.keys.joinToString()}, " +
                    "providers.ID.api-key, .base-url, .compatible-with and .headers.NAME, " +
                    "limits.ID.${Keys.OF_LIMITS.joinToString(", .")}"
            }
        }
    }

    /** All keys that can have a value. */
    val keys: Set<String> =
        Keys.SINGLE.keys + written +
            (byId.keys + providersIn(written)).flatMap {
                listOf("${Keys.PROVIDERS}$it.${Keys.API_KEY}", "${Keys.PROVIDERS}$it.${Keys.BASE_URL}")
            } +
            (byId.keys + providersIn(written) + limitsIn(written))
                .flatMap { id -> Keys.OF_LIMITS.map { "${Keys.LIMITS}$id.$it" } }

    /** Returns the value of [key] from the first source that has one, or null. */
    fun find(key: String): Found? = arguments[key]?.let { Found(it, ConfigSource.ARGUMENT) }
        ?: fromEnvironment(key)?.let { Found(it, ConfigSource.ENVIRONMENT) }
        ?: file[key]?.let { Found(it, ConfigSource.FILE) }

    /** Returns the names among [variables] that begin like the variable of a setting but are not one. */
    fun strangers(variables: Set<String>): Set<String> {
        val known = keys.flatMap(::variablesOf) + Keys.FILE_VARIABLE
        return (variables.filter { it.startsWith(Keys.PREFIX) } - known).toSortedSet()
    }

    private fun fromEnvironment(key: String): Raw? =
        variablesOf(key).firstNotNullOfOrNull { name -> environment(name)?.let { Raw(it, name) } }

    private fun variablesOf(key: String): List<String> {
        if (!key.startsWith(Keys.PROVIDERS)) return listOf(Keys.variable(key))
        val variables = variablesOfProvider(Keys.idOfProvider(key))
        return when (key.substringAfterLast('.')) {
            Keys.API_KEY -> variables.apiKey
            Keys.BASE_URL -> variables.baseUrl
            else -> emptyList()
        }
    }

    private fun variablesOfProvider(id: String): ProviderVariables {
        val like = "${Keys.PROVIDERS}$id.${Keys.COMPATIBLE_WITH}"
        val provider = byId[id] ?: byId[(arguments[like] ?: file[like])?.text?.trim()]
        return provider?.variables(id) ?: ProviderVariables.NONE
    }

    private fun providersIn(keys: Set<String>) = keys.filter { it.startsWith(Keys.PROVIDERS) }.map(Keys::idOfProvider)

    private fun limitsIn(keys: Set<String>) = keys.filter { it.startsWith(Keys.LIMITS) }.map(Keys::idOfLimit)
}
