package dev.muster.http.endpoint.internal

import dev.muster.http.TestLogs
import dev.muster.http.endpoint.EndpointSpec
import dev.muster.network.NetworkSettings
import dev.muster.provider.ProviderConfig
import dev.muster.provider.ProviderContext
import dev.muster.provider.SharedResource
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.URI

class EndpointSettingsTest {
    @Test
    fun `A8 the configuration goes before the environment and that before the default`() {
        val given = ProviderConfig.builder().apiKey("given").baseUrl("https://given.example/v1")
        val environment = mapOf("X_API_KEY" to " from-env \n", "X_BASE_URL" to "https://env.example/v1/")
        assertEquals("given", settings(given, environment).key)
        assertEquals(URI("https://given.example/v1"), settings(given, environment).baseUrl)
        assertEquals("from-env", settings(ProviderConfig.builder(), environment).key)
        assertEquals(URI("https://env.example/v1"), settings(ProviderConfig.builder(), environment).baseUrl)
        assertEquals(null, settings(ProviderConfig.builder()).key)
        assertEquals(URI("https://default.example"), settings(ProviderConfig.builder()).baseUrl)
    }

    @Test
    fun `A7 a missing key names the variable, the provider and the model`() {
        val settings = settings(ProviderConfig.builder())
        assertFalse(settings.isAuthenticated)
        val missing = settings.missingKey("m")
        assertTrue("X_API_KEY" in missing.message!! && "x::m" in missing.message!!, missing.message)
        assertEquals(listOf("x", "m"), listOf(missing.provider, missing.model))
    }

    @Test
    fun `a header of the user's own may stand for the key`() {
        listOf("authorization", "API-Key").forEach {
            assertTrue(settings(ProviderConfig.builder().header(it, "v")).isAuthenticated)
        }
    }

    @Test
    fun `what no header can hold is refused without being repeated`() {
        val wrong =
            listOf(
                ProviderConfig.builder().apiKey("s3cret\nx"),
                ProviderConfig.builder().apiKey("s3crét"),
                ProviderConfig.builder().header("X-A", "s3cret\r\nInjected: x"),
                ProviderConfig.builder().header("X A", "s3cret"),
                ProviderConfig.builder().header("X-\u00c4", "s3cret"),
                ProviderConfig.builder().header("X-\u0661", "s3cret"),
                ProviderConfig.builder().header("", "s3cret"),
                ProviderConfig.builder().header("X-A", "s3cr\u00e9t"),
                ProviderConfig.builder().header("Content-Length", "s3cret"),
                ProviderConfig.builder().baseUrl("https://user:s3cret@x"),
            )
        wrong.forEach { config ->
            val refused = assertThrows(IllegalArgumentException::class.java) { settings(config) }
            assertTrue("'x'" in refused.message!!, refused.message)
            assertFalse("s3cr" in refused.stackTraceToString(), refused.message)
        }
    }

    @Test
    fun `an endpoint without any base URL is refused`() {
        assertThrows(IllegalArgumentException::class.java) {
            EndpointSettings("x", ProviderConfig.builder().build(), Context(emptyMap()), SPEC.custom("x"))
        }
    }

    @Test
    fun `settings do not show the key`() {
        val shown = settings(ProviderConfig.builder().apiKey("s3cret").header("A", "s3cret")).toString()
        assertFalse("s3cret" in shown, shown)
    }

    @Test
    fun `a key that would leave the machine by plain http is sent, with one warning that does not show it`() {
        val open = ProviderConfig.builder().apiKey("s3cret").baseUrl("http://api.example.com/v1")
        val warned = warnings { settings(open) }.single()
        assertTrue("plain http" in warned && "'x'" in warned && "api.example.com" in warned, warned)
        assertFalse("s3cret" in warned, warned)
        val byHeader = ProviderConfig.builder().header("Authorization", "s3cret").baseUrl("http://api.example.com/v1")
        assertEquals(1, warnings { settings(byHeader) }.size)
    }

    @Test
    fun `there is no warning for https, on this machine, or where there is no key`() {
        assertEquals(emptyList<String>(), warnings { settings(ProviderConfig.builder().apiKey("k")) })
        val local = ProviderConfig.builder().apiKey("k").baseUrl("http://127.0.0.1:8080")
        assertEquals(emptyList<String>(), warnings { settings(local) })
        val keyless = ProviderConfig.builder().baseUrl("http://api.example.com/v1")
        assertEquals(emptyList<String>(), warnings { settings(keyless) })
    }

    private fun warnings(block: () -> Unit): List<String> {
        TestLogs.clear()
        block()
        return TestLogs.lines()
    }

    private fun settings(config: ProviderConfig.Builder, environment: Map<String, String> = emptyMap()) =
        EndpointSettings("x", config.build(), Context(environment), SPEC)

    private companion object {
        val SPEC: EndpointSpec = EndpointSpec.builder().url("https://default.example").variables("x").build()
    }

    private class Context(private val environment: Map<String, String>) : ProviderContext {
        override val network = NetworkSettings.DEFAULT

        override fun <T : SharedResource> shared(type: Class<T>, create: () -> T): T = create()

        override fun environment(name: String): String? = environment[name]
    }
}
