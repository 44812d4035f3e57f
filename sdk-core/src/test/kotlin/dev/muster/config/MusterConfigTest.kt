package dev.muster.config

import dev.muster.MusterClient
import dev.muster.chat.ChatRequest
import dev.muster.chat.ModelId
import dev.muster.config.internal.Keys
import dev.muster.debugLinesOf
import dev.muster.network.HttpVersion
import dev.muster.network.NetworkSettings
import dev.muster.network.ProxyCredentials
import dev.muster.provider.ModelProvider
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.ProviderModel
import dev.muster.provider.ProviderSession
import dev.muster.provider.ProviderVariables
import dev.muster.provider.StreamSink
import dev.muster.resilience.ConcurrencyLimiter
import dev.muster.resilience.RateLimiter
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.net.InetSocketAddress
import java.nio.file.Path
import java.time.Duration
import java.util.function.Function
import kotlin.io.path.readLines
import kotlin.io.path.writeText

class MusterConfigTest {
    @TempDir
    private lateinit var directory: Path

    private val provider = Remembering()

    private fun builder(vararg environment: Pair<String, String>) =
        MusterConfig.builder().environment(environment.toMap()).providers(listOf(provider))

    private fun file(text: String, name: String = "muster.conf"): Path =
        directory.resolve(name).apply { writeText(text) }

    private fun opened(config: MusterConfig, configure: MusterClient.Builder.() -> Unit = {}): Remembering {
        MusterClient.builder().providers(listOf(provider)).config(config).apply(configure).build().use {
            it.model("one::m")
        }
        return provider
    }

    @Test
    fun `C19 an argument beats the environment, that the file, that the default, and each says where it is from`() {
        val file = file("timeouts.total = 1s\ntimeouts.attempt = 1s\ntimeouts.first-token = 1s")
        val config =
            builder("MUSTER_TIMEOUTS_TOTAL" to "2s", "MUSTER_TIMEOUTS_ATTEMPT" to "2s")
                .file(file)
                .set("timeouts.total", "3s")
                .build()
        val seen = config.settings.filter { it.key.startsWith("timeouts.") && it.key != "timeouts.connect" }
        assertEquals(
            listOf(
                "timeouts.attempt = 2s (MUSTER_TIMEOUTS_ATTEMPT)",
                "timeouts.between-tokens = 60s (default)",
                "timeouts.first-token = 1s (muster.conf, line 3)",
                "timeouts.total = 3s (argument)",
            ),
            seen.map { it.toString() },
        )
        assertEquals(
            listOf(ConfigSource.ENVIRONMENT, ConfigSource.DEFAULT, ConfigSource.FILE, ConfigSource.ARGUMENT),
            seen.map { it.source },
        )
        val timeouts = config.made.timeouts!!
        assertEquals(
            listOf(3L, 2L, 1L, 60L),
            listOf(timeouts.total, timeouts.attempt, timeouts.firstToken, timeouts.betweenTokens).map { it?.seconds },
        )
    }

    @Test
    fun `C19 a key of a provider is its own variable's before the file's, and an argument before both`() {
        val file = file("providers.one { api-key = key-of-file, base-url = \"http://file:1\" }")
        assertEquals("key-of-file", opened(builder().file(file).build()).config.apiKey)
        // Left to the provider, which reads its own variables as it always has.
        val env = opened(builder("ONE_API_KEY" to "key-of-env").file(file).build())
        assertNull(env.config.apiKey)
        assertEquals("http://file:1", env.config.baseUrl)
        assertEquals("key-of-env", env.context.environment("ONE_API_KEY"))
        val argument = builder("ONE_API_KEY" to "key-of-env").file(file).set("providers.one.api-key", "key-of-argument")
        assertEquals("key-of-argument", opened(argument.build()).config.apiKey)
        assertEquals(
            "key-of-builder",
            opened(argument.build()) { provider("one") { it.apiKey("key-of-builder") } }.config.apiKey,
        )
    }

    @Test
    fun `C19 no key is shown, only whether there is one and where from`() {
        val file = file("default-model = \"two::m\"\nproviders.one { api-key = secret-1, headers.X-Team = secret-2 }")
        val config = builder("ONE_BASE_URL" to "https://user:secret-3@host/v1").file(file).build()
        assertFalse("secret" in config.describe(), config::describe)
        assertFalse("secret" in "$config ${config.settings} ${opened(config).config}")
        assertEquals(
            "providers.one.api-key = set (muster.conf, line 2)",
            config.setting("providers.one.api-key").toString(),
        )
        assertEquals("providers.two.api-key = unset (default)", config.setting("providers.two.api-key").toString())
        assertEquals("https://host/v1", config.setting("providers.one.base-url")?.value)
    }

    @Test
    fun `A8 C19 what opens a proxy is configured whole, with a proxy and without being shown`() {
        val user = "MUSTER_HTTP_PROXY_USER" to "secret-1"
        val password = "MUSTER_HTTP_PROXY_PASSWORD" to "secret-2"
        val proxy = "MUSTER_HTTP_PROXY" to "proxy.example:3128"
        val config = builder(proxy, user, password).build()
        val network = opened(config).context.network
        assertEquals("proxy.example:3128", network.proxy?.run { "$hostString:$port" })
        assertEquals("secret-1 secret-2", network.proxyCredentials?.run { "${this.user} ${this.password}" })
        assertFalse("secret" in "${config.describe()} $config ${config.settings} ${network.proxyCredentials}")
        val given = opened(config) { proxyCredentials("u", "p") }.context.network.proxyCredentials
        assertEquals("u p", given?.run { "${this.user} ${this.password}" })
        mapOf(
            listOf(proxy, user) to "must be set together",
            listOf(proxy, password) to "must be set together",
            listOf(user, password) to "but no proxy",
        ).forEach { (settings, words) ->
            val error = assertThrows<IllegalArgumentException> { opened(builder(*settings.toTypedArray()).build()) }
            assertTrue(words in error.message!! && "secret" !in error.message!!, error.message)
        }
    }

    @Test
    fun `the defaults it shows are those that hold, and those that the page says`() {
        val text = MusterConfig.builder().environment(emptyMap()).providers(emptyList())
        val all = text.build().settings
        assertTrue(all.all { it.source == ConfigSource.DEFAULT })
        val shown = all.filter { it.key in Keys.SINGLE && it.value != "unset" }.associate { it.key to it.value }
        val made = Recording().also { text.setAll(shown).build().applyTo(it) }
        assertEquals(Timeouts.DEFAULT.toString(), made.timeouts.toString())
        assertEquals(RetryPolicy.DEFAULT.toString(), made.retry.toString())
        val network = NetworkSettings.DEFAULT
        assertEquals(network.connectTimeout, made.connectTimeout)
        assertEquals(network.httpVersion, made.httpVersion)
        assertEquals(network.proxy, made.proxy)
        assertEquals(network.systemProxy, made.systemProxy)
        assertEquals(ofThePage(), shown)
    }

    /** The defaults in the table of docs/configuration.md. */
    private fun ofThePage(): Map<String, String> = Path.of("../docs/configuration.md").readLines()
        .filter { it.startsWith("| `") }
        .map { line -> line.trim('|', ' ').split(" | ").map { it.replace("`", "").trim() } }
        .filter { it.size == 4 && '.' in it[0] && it[2].first().isLetterOrDigit() && "provider's" !in it[2] }
        .flatMap { (keys, _, defaults) ->
            val values = defaults.split(", ")
            keys.split(", ").mapIndexed { index, key -> key to (values.getOrNull(index) ?: values.last()) }
        }
        .toMap()

    /** What a configuration makes, without a client's defaults. */
    private class Recording : ConfigTarget {
        override var defaultModel: String? = null
        override var timeouts: Timeouts? = null
        override var retry: RetryPolicy? = null
        override var connectTimeout: Duration? = null
        override var httpVersion: HttpVersion? = null
        override var proxy: InetSocketAddress? = null
        override var proxyCredentials: ProxyCredentials? = null
        override var noProxy: Set<String>? = null
        override var systemProxy: Boolean? = null
        override var environment: Function<String, String?>? = null
        override val concurrencyLimiters = HashMap<String, ConcurrencyLimiter>()
        override val rateLimiters = HashMap<String, RateLimiter>()
        override val providers = HashMap<String, ProviderConfig>()
    }

    private val MusterConfig.made: ConfigTarget get() = Recording().also(::applyTo)

    @Test
    fun `A8 hosts past the proxy, and no proxy at all, are configured`() {
        val given = opened(builder("MUSTER_HTTP_NO_PROXY" to "a.example, .b.example,").build()).context.network
        assertEquals(setOf("a.example", ".b.example"), given.noProxy)
        assertTrue(given.systemProxy)
        assertTrue(opened(builder("MUSTER_HTTP_PROXY" to "system").build()).context.network.systemProxy)
        val none = builder("MUSTER_HTTP_PROXY" to "none").build()
        assertFalse(opened(none).context.network.systemProxy)
        val built = opened(none) { systemProxy(true).noProxy("c.example").noProxy("d.example") }.context.network
        assertTrue(built.systemProxy)
        assertEquals(setOf("c.example", "d.example"), built.noProxy)
    }

    @Test
    fun `all that a file says reaches the client`() {
        val file =
            file(
                """
                default-model = "one::big"
                retries { max = 5, first-backoff = 100 ms, max-backoff = PT2S, max-retry-after = 1m }
                timeouts { connect = 3s, attempt = none }
                http { version = 2, proxy = "proxy.local:3128" }
                providers.mine { compatible-with = one, base-url = "http://localhost:1" }
                limits { one { concurrency = 4 }, "one::big.1" { requests-per-minute = 30, tokens-per-minute = 6000 } }
                """.trimIndent(),
            )
        val config = builder().file(file).build()
        val client = MusterClient.builder().providers(listOf(provider)).config(config).build()
        client.use {
            assertEquals("one::big", it.defaultModel)
            assertEquals(ModelId.of("one", "big"), it.model().id)
            assertEquals(setOf("one", "two", "mine"), it.providerIds)
        }
        val network = provider.context.network
        assertEquals(Duration.ofSeconds(3), network.connectTimeout)
        assertEquals(HttpVersion.HTTP_2, network.httpVersion)
        assertEquals("proxy.local:3128", "${network.proxy?.hostString}:${network.proxy?.port}")
        assertEquals(
            "RetryPolicy(maxRetries=5, backoff=PT0.1S..PT2S, maxRetryAfter=PT1M, timeouts=[])",
            config.made.retry.toString(),
        )
        assertNull(config.made.timeouts!!.attempt)
        assertEquals(4, config.made.concurrencyLimiters["one"]?.limit)
        assertEquals(setOf("one::big.1"), config.made.rateLimiters.keys)
    }

    @Test
    fun `JSON and properties are files as well`() {
        val json = file("""{"timeouts": {"total": "7s"}}""", "muster.json")
        assertEquals(
            "timeouts.total = 7s (muster.json, line 1)",
            builder().file(json).build().setting("timeouts.total").toString(),
        )
        val properties = file("timeouts.total=8s\nlimits.one\\:\\:m.concurrency=3", "muster.properties")
        val config = builder().file(properties).build()
        assertEquals("timeouts.total = 8s (muster.properties)", config.setting("timeouts.total").toString())
        assertEquals("3", config.setting("limits.one::m.concurrency")?.value)
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            "timeouts.total = soon|timeouts.total: 'soon' is not a positive duration|line 1",
            "timeouts.connect = none|timeouts.connect: 'none' is not a positive duration|line 1",
            "timeouts.connect = 0s|timeouts.connect: '0s' is not a positive duration|line 1",
            "retries.first-backoff = -PT1S|retries.first-backoff: '-PT1S' is not a valid duration|line 1",
            "timeouts.total = \"${'$'}{NOT_SET}\"|timeouts.total: '${'$'}{NOT_SET}' is not a positive duration|line 1",
            "default-model = ${'$'}{NOT_SET}|${'$'}{NOT_SET} is not set|line 1",
            "timeouts.attempt = 0s|timeouts.attempt: '0s' is not a positive duration|line 1",
            "retries.max = -1|retries.max: '-1' is not a valid count|line 1",
            "retries.max = []|retries.max is a list|line 1",
            "http.version = 3|http.version: '3' is not a supported HTTP version|line 1",
            "http.proxy = \"user:secret@host:1\"|http.proxy: the value is not a valid proxy|line 1",
            "http.proxy = \"host:70000\"|http.proxy: the value is not a valid proxy|line 1",
            "http.proxy = \"::1:8080\"|http.proxy: the value is not a valid proxy|line 1",
            "http.proxy = \"[::1]\"|http.proxy: the value is not a valid proxy|line 1",
            "http.proxy = \"[::1]:70000\"|http.proxy: the value is not a valid proxy|line 1",
            "default-model = gpt|default-model: 'gpt' is not a model id|line 1",
            "providers.one.base-url = \"ftp://secret\"|providers.one.base-url: the value is not a valid URL|line 1",
            "providers.one.api-key = \"\"|providers.one.api-key: the value is empty|line 1",
            "limits.one.concurrency = 0|limits.one.concurrency: '0' is not a valid count|line 1",
            "timeout.total = 1s|'timeout.total' is not a setting|line 1",
            "providers.one.secret = 1|'providers.one.secret' is not a setting|line 1",
            "providers { one { api-key = \"secret|cannot be parsed|muster.conf",
        ],
    )
    fun `C19 a bad value is an error that names the key and where it stands`(
        text: String,
        fault: String,
        place: String,
    ) {
        val message = assertThrows<IllegalArgumentException> { builder().file(file(text)).build() }.message.orEmpty()
        assertTrue(fault in message && place in message, message)
        assertFalse("secret" in message && "secret" !in fault, message)
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = [
            "default-model = \"three::m\"|default-model: 'three::m' names the unknown provider 'three'",
            "providers.three.api-key = x|providers.three.api-key: 'three' is not a provider",
            "providers.three.compatible-with = three|providers.three.compatible-with: 'three' is not a provider",
            "providers.three.compatible-with = four|providers.three.compatible-with: 'four' is not a provider",
            "limits.three.concurrency = 1|limits.three.concurrency: 'three' does not name a provider",
        ],
    )
    fun `an id that no provider has is an error that names the key and where it stands`(text: String, fault: String) {
        val config = builder().file(file(text)).build()
        val message = assertThrows<IllegalArgumentException> { opened(config) }.message.orEmpty()
        assertTrue(fault in message && "(muster.conf, line 1)" in message, message)
    }

    @Test
    fun `a bad value in the environment or an argument names the variable or the argument`() {
        val ofVariable = assertThrows<IllegalArgumentException> { builder("MUSTER_RETRIES_MAX" to "many").build() }
        assertTrue("'many' is not a valid count" in ofVariable.message!!, ofVariable.message)
        assertTrue("(MUSTER_RETRIES_MAX)" in ofVariable.message!!, ofVariable.message)
        val ofArgument = assertThrows<IllegalArgumentException> { builder().set("retries.max", "many").build() }
        assertTrue("(argument)" in ofArgument.message!!)
    }

    @Test
    fun `C19 a file takes the variables that it names from where all else is read`() {
        fun variable(name: String) = "${'$'}{$name}"
        val file = file(
            "providers.one.api-key = ${variable("MY_KEY")}\n" +
                "default-model = ${variable("?MY_MODEL")}\n" +
                "retries.max = ${variable("?MY_MAX")}",
        )
        val config = builder("MY_KEY" to "secret-1", "MY_MODEL" to "one::m", "MY_MAX" to " ").file(file).build()
        assertEquals("secret-1", opened(config).config.apiKey)
        assertEquals(
            "default-model = one::m (muster.conf, variable MY_MODEL)",
            config.setting("default-model").toString(),
        )
        assertEquals(ConfigSource.DEFAULT, config.setting("retries.max")?.source)
        assertFalse("secret" in config.describe())
        // The variables of this process are not looked at where others were given.
        val home = file("default-model = ${variable("PATH")}")
        assertThrows<IllegalArgumentException> { builder().file(home).build() }
    }

    @Test
    fun `C19 the usual file is read where there is one, and another that a variable names`() {
        fun load(vararg environment: Pair<String, String>) =
            MusterConfig.load(builder(*environment), directory).setting("retries.max").toString()
        assertEquals("retries.max = 2 (default)", load())
        file("retries.max = 3")
        file("retries.max = 4", "other.conf")
        assertEquals("retries.max = 3 (muster.conf, line 1)", load())
        assertEquals("retries.max = 4 (other.conf, line 1)", load("MUSTER_CONFIG" to "other.conf"))
        assertEquals("retries.max = 3 (muster.conf, line 1)", load("MUSTER_CONFIG" to " "))
        val missing = assertThrows<IllegalArgumentException> { load("MUSTER_CONFIG" to "none.conf") }
        assertTrue("none.conf (MUSTER_CONFIG)" in missing.message!!, missing.message)
    }

    @Test
    fun `C19 a variable that is named like a setting and is none has no effect, and is told of without its value`() {
        val misspelt = arrayOf("MUSTER_TIMEOUT_TOTAL" to "secret-1", "MUSTER_LIMITS_ONE__M_CONCURRENCY" to "4")
        val right = arrayOf("MUSTER_TIMEOUTS_TOTAL" to "3s", "MUSTER_CONFIG" to "x", "MUSTERING" to "x")
        var config = builder().build()
        val lines = debugLinesOf(MusterConfig::class.java.name) { config = builder(*misspelt, *right).build() }
        val said = misspelt.map { (name, _) -> name }.sorted()
        assertEquals(said.map { "The environment variable $it has no effect: no setting has this name" }, lines)
        assertEquals(
            said.map { "$it has no effect: no setting has this name" },
            config.describe().lines().takeLast(said.size),
        )
        assertFalse("secret" in config.describe())
        assertEquals(Duration.ofSeconds(3), config.made.timeouts!!.total)
        assertEquals(emptyMap<String, Any>(), config.made.concurrencyLimiters)
        assertEquals(emptyList<String>(), debugLinesOf(MusterConfig::class.java.name) { builder(*right).build() })
    }

    @Test
    fun `C19 the environment limits providers, endpoints of one's own, and the models that a file limits`() {
        val variables = arrayOf(
            "MUSTER_LIMITS_ONE_CONCURRENCY" to "1",
            "MUSTER_LIMITS_MINE_CONCURRENCY" to "2",
            "MUSTER_LIMITS_ONE__M_1_CONCURRENCY" to "3",
        )
        val file = file("providers.mine.compatible-with = one\nlimits.\"one::m.1\".requests-per-minute = 9")
        val config = builder(*variables).file(file).build()
        val limits = config.made.concurrencyLimiters.mapValues { it.value.limit }
        assertEquals(mapOf("one" to 1, "mine" to 2, "one::m.1" to 3), limits)
        opened(config)
    }

    @Test
    fun `C19 a client without a configuration takes nothing from a variable of a setting`() {
        val variables = mapOf("MUSTER_DEFAULT_MODEL" to "one::m", "MUSTER_RETRIES_MAX" to "many")
        MusterClient.builder().providers(listOf(provider)).environment(variables).build().use {
            assertNull(it.defaultModel)
        }
    }

    @Test
    fun `C19 the table says each setting, its value and where from in a line of its own`() {
        val config = builder("MUSTER_RETRIES_MAX" to "3").set(" timeouts.total ", " 30s ").build()
        val lines = config.describe().lines()
        assertTrue("retries.max              3       environment: MUSTER_RETRIES_MAX" in lines, config::describe)
        assertTrue("timeouts.total           30s     argument" in lines, config::describe)
        assertTrue("timeouts.attempt         10m     default" in lines, config::describe)
        assertEquals(lines.sorted(), lines)
    }

    @Test
    fun `what the client's builder is told beats the configuration, and the headers of both are sent`() {
        val said = "http://config:1"
        val config = builder()
            .set("providers.one.base-url", said)
            .set("providers.one.headers.X-Team", " one ")
            .set("providers.mine.compatible-with", "one")
            .build()
        assertEquals(said, opened(config).config.baseUrl)
        val given = opened(config) { provider("one") { it.baseUrl("http://builder:1").header("X-Own", "two") } }.config
        assertEquals("http://builder:1", given.baseUrl)
        assertEquals(mapOf("X-Team" to "one", "X-Own" to "two"), given.headers)
    }

    @Test
    fun `a URL is shown without what may be secret in it, and a provider's own variable is its to judge`() {
        val shown = builder("ONE_BASE_URL" to "https://user:secret@host/v1?key=secret#secret").build()
        assertEquals("https://host/v1", shown.setting("providers.one.base-url")?.value)
        val odd = builder("ONE_BASE_URL" to "secret odd").build()
        assertEquals("set", odd.setting("providers.one.base-url")?.value)
    }

    @Test
    fun `an endpoint of one's own has the variables of the provider it is compatible with`() {
        val without = object : ModelProvider by provider {
            override val ids = setOf("two")

            override fun variables(id: String) = ProviderVariables.NONE
        }
        val config = builder("MINE_API_KEY" to "k").providers(listOf(provider, without))
            .file(file("providers.mine.compatible-with = two"))
            .set("providers.mine.compatible-with", "one").build()
        assertEquals("providers.mine.api-key = set (MINE_API_KEY)", config.setting("providers.mine.api-key").toString())
    }

    @Test
    fun `C19 each setting of retries, timeouts and limits reaches its own place`() {
        val config = builder()
            .set("retries.first-backoff", "1s").set("retries.max-backoff", "2s").set("retries.max-retry-after", "3s")
            .set("timeouts.first-token", "4s").set("timeouts.between-tokens", "5s")
            .set("limits.one.requests-per-minute", "6").set("limits.one::m.tokens-per-minute", "7")
            .build()
        assertEquals(
            "RetryPolicy(maxRetries=2, backoff=PT1S..PT2S, maxRetryAfter=PT3S, timeouts=[])",
            config.made.retry.toString(),
        )
        assertEquals(Duration.ofSeconds(4), config.made.timeouts!!.firstToken)
        assertEquals(Duration.ofSeconds(5), config.made.timeouts!!.betweenTokens)
        val limiters = config.made.rateLimiters
        assertEquals(setOf("one", "one::m"), limiters.keys)
    }

    @Test
    fun `what a file says is nothing is as if it was not there, and the last port is one`() {
        val config = builder().file(file("retries.max = null\nhttp.proxy = \"host:65535\"")).build()
        assertEquals("retries.max = 2 (default)", config.setting("retries.max").toString())
        assertEquals(65_535, config.made.proxy?.port)
    }

    @Test
    fun `a proxy may have an address of IPv6, in brackets`() {
        mapOf(
            "[::1]:8080" to "::1",
            "[fe80::1%eth0]:8080" to "fe80::1%eth0",
            "127.0.0.1:8080" to "127.0.0.1",
            "proxy.example.com:8080" to "proxy.example.com",
        ).forEach { (text, host) ->
            val proxy = builder().file(file("http.proxy = \"$text\"")).build().made.proxy!!
            assertEquals(host, proxy.hostString)
            assertEquals(8_080, proxy.port)
            assertTrue(proxy.isUnresolved)
        }
    }

    @Test
    fun `a file that is not there is an error`() {
        val missing = directory.resolve("none.conf")
        assertThrows<IllegalArgumentException> { builder().file(missing).build() }
    }

    @Test
    fun `without a default model there is none to ask`() {
        MusterClient.builder().providers(listOf(provider)).build().use {
            assertNull(it.defaultModel)
            assertTrue("default-model" in assertThrows<IllegalStateException> { it.model() }.message!!)
        }
    }

    /** A provider of two ids that remembers how it was opened. */
    private class Remembering : ModelProvider {
        lateinit var config: ProviderConfig
        lateinit var context: ProviderContext

        override val ids = setOf("one", "two")

        override fun open(id: String, config: ProviderConfig, context: ProviderContext): ProviderSession {
            this.config = config
            this.context = context
            return Session()
        }

        override fun variables(id: String) =
            ProviderVariables(listOf("${id.uppercase()}_API_KEY"), listOf("${id.uppercase()}_BASE_URL"))

        private class Session : ProviderSession {
            override fun chatModel(id: ModelId): ProviderModel = object : ProviderModel {
                override suspend fun chat(request: ChatRequest) = error("not asked")

                override suspend fun stream(request: ChatRequest, sink: StreamSink) = error("not asked")
            }
        }
    }
}
