package dev.muster.config

import dev.muster.config.internal.ConfigFile
import dev.muster.config.internal.ConfigReader
import dev.muster.config.internal.ConfigSources
import dev.muster.config.internal.Keys
import dev.muster.config.internal.Raw
import dev.muster.provider.ModelProvider
import org.slf4j.LoggerFactory
import java.nio.file.Files
import java.nio.file.Path
import java.util.ServiceLoader
import java.util.function.Function

/**
 * Settings from outside of the program: from arguments, the environment and a file. An argument wins over the
 * environment, the environment over the file, and the file over the default. Each setting records its source.
 *
 * Immutable. [describe], `toString` and error messages never show a key.
 *
 * The settings:
 *
 * - `default-model`: `provider::model`
 * - `timeouts.total`, `timeouts.attempt`, `timeouts.first-token`, `timeouts.between-tokens`: `300ms`, `30s`, `2m`,
 *   `PT30S` or `none`; `timeouts.connect`: the same without `none`
 * - `retries.max`: a number; `retries.first-backoff`, `retries.max-backoff`, `retries.max-retry-after`: a duration
 * - `http.version`: `1.1` or `2`; `http.proxy`: `host:port`, `[::1]:port`, `system` or `none`;
 *   `http.no-proxy`: hosts, separated by commas; `http.proxy-user`, `http.proxy-password`
 * - `providers.ID.api-key`, `providers.ID.base-url`, `providers.ID.compatible-with`, `providers.ID.headers.NAME`
 * - `limits.ID.concurrency`, `limits.ID.requests-per-minute`, `limits.ID.tokens-per-minute`
 *
 * An `ID` in `limits` is a provider (`openai`) or a model (`openai::gpt-4o`).
 *
 * The environment variable of a setting is `MUSTER_` plus its key in capitals: `MUSTER_TIMEOUTS_TOTAL`. The key and the
 * base URL of a provider are read from the provider's own variables, such as `OPENAI_API_KEY`. A client built without a
 * configuration reads only the providers' own variables.
 */
public class MusterConfig private constructor(
    private val reader: ConfigReader,
    private val environment: Function<String, String?>,
    private val strangers: Set<String>,
) {
    /** All settings that are set or have a default, sorted by key. */
    @get:JvmName("settings")
    public val settings: List<ConfigSetting> get() = reader.settings

    /** Returns the setting [key], or null if it has neither a value nor a default. */
    public fun setting(key: String): ConfigSetting? = settings.find { it.key == key }

    /**
     * Returns a readable table: one line for each setting, with its value and source. At the end come the variables
     * whose names begin with `MUSTER_` but that are not settings.
     */
    public fun describe(): String {
        val key = settings.maxOf { it.key.length }
        val value = settings.maxOf { it.value.length }
        val lines = settings.map {
            val source = it.source.name.lowercase()
            val from = if (it.origin == source) source else "$source: ${it.origin}"
            "${it.key.padEnd(key)}  ${it.value.padEnd(value)}  $from"
        }
        return (lines + strangers.map { "$it has no effect: no setting has this name" }).joinToString("\n")
    }

    /** Sets those settings of [target] that are not set yet. */
    @JvmSynthetic
    internal fun applyTo(target: ConfigTarget) {
        target.environment = target.environment ?: environment
        reader.applyTo(target)
    }

    /**
     * Checks that each id names a provider.
     *
     * @param providers the ids of the providers found; `compatible-with` must name one of them
     * @param others further ids that a client knows
     * @throws IllegalArgumentException if one does not; the message names the key and its origin
     */
    @JvmSynthetic
    internal fun checkIds(providers: Set<String>, others: Set<String>): Unit =
        reader.checkIds(providers, providers + others)

    override fun toString(): String = "MusterConfig(${settings.count { it.source != ConfigSource.DEFAULT }} set)"

    /** Builds a [MusterConfig]. Not thread-safe. */
    public class Builder {
        private val arguments = LinkedHashMap<String, Raw>()
        private var file: Path? = null

        @get:JvmSynthetic
        internal var environment: Function<String, String?> = Function { System.getenv(it) }
            private set
        private var variables: () -> Set<String> = { System.getenv().keys }
        private var providers: List<ModelProvider>? = null

        /** Sets [key] to [value], for example from the command line. Wins over all other sources. */
        public fun set(key: String, value: String): Builder = apply { arguments[key.trim()] = Raw(value, "argument") }

        /** Sets each of [values], as [set] does. */
        public fun setAll(values: Map<String, String>): Builder =
            apply { values.forEach { (key, value) -> set(key, value) } }

        /**
         * Sets the configuration file: HOCON (`.conf`), JSON (`.json`) or properties (`.properties`). [build] reads it.
         * The file must exist, and `com.typesafe:config` must be on the class path. Default: no file.
         */
        public fun file(file: Path): Builder = apply { this.file = file }

        /** Replaces the environment variables, including those that the file refers to as `${VARIABLE}`. */
        public fun environment(variables: Map<String, String>): Builder = apply {
            environment = Function { variables[it] }
            this.variables = { variables.keys }
        }

        /** Replaces the providers found on the class path, whose variables are read. */
        @JvmSynthetic
        internal fun providers(providers: List<ModelProvider>): Builder = apply { this.providers = providers.toList() }

        /**
         * Reads all sources and returns the settings. A variable whose name begins with `MUSTER_` but that is not a
         * setting has no effect; the log has a warning with its name.
         *
         * @throws IllegalArgumentException if the file cannot be read, a key is unknown or a value is not valid for its
         * key; the message names the key and where it was set
         * @throws IllegalStateException if a file is set but `com.typesafe:config` is not on the class path
         */
        public fun build(): MusterConfig {
            val known = providers ?: ServiceLoader.load(ModelProvider::class.java).toList()
            val environment = environment
            val variable = { name: String -> environment.apply(name)?.ifBlank { null } }
            val written = file?.let { ConfigFile.read(it, variable) }.orEmpty()
            val sources = ConfigSources(arguments.toMap(), written, variable, known)
            val strangers = sources.strangers(variables())
            strangers.forEach { LOG.warn("The environment variable {} has no effect: no setting has this name", it) }
            return MusterConfig(ConfigReader(sources), environment, strangers)
        }
    }

    /** Creates configurations. */
    public companion object {
        private val LOG = LoggerFactory.getLogger(MusterConfig::class.java)
        private const val USUAL_FILE = "muster.conf"

        /**
         * Loads the settings from the environment and from a file: the one named by `MUSTER_CONFIG`, else `muster.conf`
         * in the working directory if it exists.
         *
         * @throws IllegalArgumentException as [Builder.build], and if the file named by `MUSTER_CONFIG` does not exist
         * @throws IllegalStateException as [Builder.build]
         */
        @JvmStatic
        public fun load(): MusterConfig = load(builder(), Path.of(""))

        /** As [load], with the environment of [builder] and the file in [directory]. */
        @JvmSynthetic
        internal fun load(builder: Builder, directory: Path): MusterConfig {
            val named = builder.environment.apply(Keys.FILE_VARIABLE)?.ifBlank { null }?.let(directory::resolve)
            require(named == null || Files.isRegularFile(named)) {
                "No such configuration file: $named (${Keys.FILE_VARIABLE})"
            }
            val file = named ?: directory.resolve(USUAL_FILE).takeIf(Files::exists)
            return builder.apply { file?.let(::file) }.build()
        }

        /** Returns a builder that reads the environment but no file. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
