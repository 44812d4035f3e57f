package dev.muster.config.internal

import com.typesafe.config.ConfigException
import com.typesafe.config.ConfigFactory
import com.typesafe.config.ConfigObject
import com.typesafe.config.ConfigOrigin
import com.typesafe.config.ConfigRenderOptions
import com.typesafe.config.ConfigResolveOptions
import com.typesafe.config.ConfigResolver
import com.typesafe.config.ConfigValue
import com.typesafe.config.ConfigValueFactory
import com.typesafe.config.ConfigValueType
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.name

/** A value as written, and where. */
internal class Raw(val text: String, val origin: String)

/**
 * Reads the configuration file with Lightbend's config: an optional dependency of 0.3 MB without dependencies of its
 * own, so programs without a file do not need it. Unlike `java.util.Properties` it supports nesting, accepts the `::`
 * of a model's id in a key, and knows the line of each value.
 */
internal object ConfigFile {
    /** Reads [path]. Looks up each `${VARIABLE}` in [environment]. */
    fun read(path: Path, environment: (String) -> String?): Map<String, Raw> {
        require(Files.isRegularFile(path)) { "No such configuration file: $path" }
        return try {
            Reader(path, environment).read()
        } catch (e: NoClassDefFoundError) {
            throw IllegalStateException(
                "The configuration file $path requires com.typesafe:config on the class path: add that dependency",
                e,
            )
        }
    }

    /** A separate class, so that the optional library is loaded only when a file is read. */
    private class Reader(private val path: Path, private val environment: (String) -> String?) {
        private val values = LinkedHashMap<String, Raw>()

        fun read(): Map<String, Raw> {
            collect("", parsed())
            return values
        }

        @Suppress("SwallowedException") // Its message repeats the content, which may be a key.
        private fun parsed(): ConfigObject = try {
            val variables = ConfigResolveOptions.noSystem().appendResolver(Variables(environment))
            ConfigFactory.parseFile(path.toFile()).resolve(variables).root()
        } catch (e: ConfigException.UnresolvedSubstitution) {
            val name = SUBSTITUTION.find(e.message.orEmpty())?.value ?: "a variable"
            throw IllegalArgumentException(
                "$name is not set (${place(e.origin())}): set it, or write \${?…} if it is optional",
            )
        } catch (e: ConfigException) {
            val place = place(e.origin())
            throw IllegalArgumentException(
                "The configuration file cannot be parsed ($place): write valid HOCON, JSON or properties",
            )
        }

        private fun collect(key: String, value: ConfigValue) {
            if (value is ConfigObject) {
                value.forEach { (name, inner) -> collect(if (key.isEmpty()) name else "$key.$name", inner) }
                return
            }
            val place = place(value.origin())
            require(value.valueType() != ConfigValueType.LIST) { "$key is a list: no setting takes a list ($place)" }
            if (value.valueType() != ConfigValueType.NULL) values[key] = Raw(textOf(value), place)
        }

        private fun textOf(value: ConfigValue): String = if (value.valueType() == ConfigValueType.STRING) {
            value.unwrapped().toString()
        } else {
            value.render(ConfigRenderOptions.concise())
        }

        private fun place(origin: ConfigOrigin?): String {
            val line = origin?.lineNumber() ?: -1
            val variable = origin?.description()?.takeIf { it.startsWith(VARIABLE) }
            return when {
                line > 0 -> "${path.name}, line $line"
                variable != null -> "${path.name}, $variable"
                else -> path.name
            }
        }
    }

    /** Resolves variables in the file from the same environment as the other settings. */
    private class Variables(private val environment: (String) -> String?) : ConfigResolver {
        override fun lookup(path: String): ConfigValue? =
            environment(path)?.let { ConfigValueFactory.fromAnyRef(it, VARIABLE + path) }

        override fun withFallback(fallback: ConfigResolver): ConfigResolver = this
    }

    private const val VARIABLE = "variable "
    private val SUBSTITUTION = Regex("""\$\{[^}]*}""")
}
