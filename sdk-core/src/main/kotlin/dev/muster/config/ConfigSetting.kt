package dev.muster.config

/** The source of a setting's value. An earlier source in this list wins over a later one. */
public enum class ConfigSource {
    /** Set by the program with [MusterConfig.Builder.set]. */
    ARGUMENT,

    /** Set by an environment variable. */
    ENVIRONMENT,

    /** Set in the configuration file. */
    FILE,

    /** Not set: the default. */
    DEFAULT,
}

/** A setting with its value and source. Contains no secrets. */
public class ConfigSetting internal constructor(
    /** The name of the setting, such as `timeouts.total`. */
    @get:JvmName("key")
    public val key: String,
    /** The value as written. For a secret, such as a key or a header, only `set` or `unset`. */
    @get:JvmName("value")
    public val value: String,
    /** The source of the value. */
    @get:JvmName("source")
    public val source: ConfigSource,
    /** Where exactly it was set: `argument`, `OPENAI_API_KEY`, `muster.conf, line 3`; `default` if nowhere. */
    @get:JvmName("origin")
    public val origin: String,
) {
    override fun toString(): String = "$key = $value ($origin)"
}
