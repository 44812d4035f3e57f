package dev.muster.config

import dev.muster.config.internal.ConfigFile
import dev.muster.config.internal.ConfigReader
import dev.muster.config.internal.ConfigSources
import dev.muster.config.internal.Keys
import dev.muster.config.internal.Raw
import dev.muster.spi.ModelProvider
import org.slf4j.LoggerFactory
import java.nio.file.Files
import java.nio.file.Path
import java.util.ServiceLoader
import java.util.function.Function

/**
 * Settings from outside of the program, and where each came from: an argument beats the environment, the environment
 * beats the file, the file beats the default. Immutable. Neither [describe] nor `toString` nor an error shows a key.
 *
 * - `default-model`: `provider::model`
 * - `timeouts.total`, `timeouts.attempt`, `timeouts.first-token`, `timeouts.between-tokens`: `300ms`, `30s`, `2m`,
 *   `PT30S` or `none`; `timeouts.connect`
 * - `retries.max`; `retries.first-backoff`, `retries.max-backoff`, `retries.max-retry-after`
 * - `http.version`: `1.1` or `2`; `http.proxy`: `host:port`, `[::1]:port`, `system` or `none`;
 *   `http.no-proxy`: hosts, separated by commas; `http.proxy-user`, `http.proxy-password`
 * - `providers.ID.api-key`, `providers.ID.base-url`, `providers.ID.compatible-with`, `providers.ID.headers.NAME`
 * - `limits.ID.concurrency`, `limits.ID.requests-per-minute`, `limits.ID.tokens-per-minute`
 *
 * In the environment a setting is called `MUSTER_` and its key in capitals, `MUSTER_TIMEOUTS_TOTAL`; the key and the
 * base URL of a provider are the variables it has always had, `OPENAI_API_KEY`. A client that is made without a
 * configuration reads only these.
 *
 * An `ID` in `limits` is a provider (`openai`) or a model (`openai::gpt-4o`).
 */
public class MusterConfig private constructor(
    @get:JvmSynthetic internal val reader: ConfigReader,
    @get:JvmSynthetic internal val environment: Function<String, String?>,
    private val strangers: Set<String>,
) {
    /** All settings that somebody has set, and those that have a default, by key. */
    @get:JvmName("settings")
    public val settings: List<ConfigSetting> get() = reader.settings

    /** The setting [key], or null where it has neither a value nor a default. */
    public fun setting(key: String): ConfigSetting? = settings.find { it.key == key }

    /**
     * A table for people: each setting in a line, with its value and where that came from. Behind them variables that
     * begin with `MUSTER_` and are no setting.
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

        /** Sets [key] to [value], before all other sources; as a program does with its command line. */
        public fun set(key: String, value: String): Builder = apply { arguments[key.trim()] = Raw(value, "argument") }

        /** Sets each of [values], before all other sources. */
        public fun setAll(values: Map<String, String>): Builder =
            apply { values.forEach { (key, value) -> set(key, value) } }

        /**
         * Reads [file]: HOCON (`.conf`), JSON (`.json`) or properties (`.properties`). It has to be there, and
         * `com.typesafe:config` on the class path.
         */
        public fun file(file: Path): Builder = apply { this.file = file }

        /** Replaces the environment variables, also those that the file names as `${VARIABLE}`. */
        public fun environment(variables: Map<String, String>): Builder = apply {
            environment = Function { variables[it] }
            this.variables = { variables.keys }
        }

        /** Replaces the providers found on the class path, whose variables are looked at. */
        @JvmSynthetic
        internal fun providers(providers: List<ModelProvider>): Builder = apply { this.providers = providers.toList() }

        /**
         * The settings. A variable that begins with `MUSTER_` and is no setting has no effect; a warning in the log
         * names it.
         *
         * @throws IllegalArgumentException where the file cannot be read, a key is unknown or a value is none for its
         * key; the message names the key and where it stands
         * @throws IllegalStateException where there is a file and nothing on the class path to read it
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

    /** Makes configurations. */
    public companion object {
        private val LOG = LoggerFactory.getLogger(MusterConfig::class.java)
        private const val USUAL_FILE = "muster.conf"

        /**
         * What the environment says, and the file that `MUSTER_CONFIG` names, else `muster.conf` in the working
         * directory where there is one.
         *
         * @throws IllegalArgumentException as [Builder.build], and where there is no file that `MUSTER_CONFIG` names
         * @throws IllegalStateException as [Builder.build]
         */
        @JvmStatic
        public fun load(): MusterConfig = load(builder(), Path.of(""))

        /** With [builder]'s environment, in [directory]. */
        @JvmSynthetic
        internal fun load(builder: Builder, directory: Path): MusterConfig {
            val named = builder.environment.apply(Keys.FILE_VARIABLE)?.ifBlank { null }?.let(directory::resolve)
            require(named == null || Files.isRegularFile(named)) {
                "There is no configuration file $named (${Keys.FILE_VARIABLE})"
            }
            val file = named ?: directory.resolve(USUAL_FILE).takeIf(Files::exists)
            return builder.apply { file?.let(::file) }.build()
        }

        /** A builder that reads the environment and no file. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
