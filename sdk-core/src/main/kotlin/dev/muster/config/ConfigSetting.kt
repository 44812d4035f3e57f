package dev.muster.config

/** Where the value of a setting comes from; an earlier one beats a later one. */
public enum class ConfigSource {
    /** Given by the program: [MusterConfig.Builder.set]. */
    ARGUMENT,

    /** An environment variable. */
    ENVIRONMENT,

    /** The configuration file. */
    FILE,

    /** Nobody has set it. */
    DEFAULT,
}

/** A setting, its value and who has set it. Shows no secret. */
public class ConfigSetting internal constructor(
    /** Its name, such as `timeouts.total`. */
    @get:JvmName("key")
    public val key: String,
    /** Its value as it was written; of a key or a header only whether it is `set` or `unset`. */
    @get:JvmName("value")
    public val value: String,
    /** Who has set it. */
    @get:JvmName("source")
    public val source: ConfigSource,
    /** Which argument, variable or line of the file: `OPENAI_API_KEY`, `muster.conf, line 3`. */
    @get:JvmName("origin")
    public val origin: String,
) {
    override fun toString(): String = "$key = $value ($origin)"
}
