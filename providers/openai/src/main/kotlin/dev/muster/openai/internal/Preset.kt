package dev.muster.openai.internal

import dev.muster.http.endpoint.BaseUrl
import dev.muster.http.endpoint.EndpointSpec
import java.net.URI

/** A known endpoint with one of OpenAI's API formats: a row of data. */
internal class Preset(val id: String, val address: Address, val dialect: Dialect) {
    val spec: EndpointSpec = address.spec()

    companion object {
        private const val OPENAI = "https://api.openai.com/v1"

        val BY_ID: Map<String, Preset> =
            listOf(
                Preset("openai", Address("OPENAI", OPENAI), Dialect.OPENAI),
                Preset("openai-responses", Address("OPENAI", OPENAI), Dialect.RESPONSES),
                Preset("azure", Address.AZURE, Dialect.OPENAI),
                Preset("groq", Address("GROQ", "https://api.groq.com/openai/v1"), Dialect.GROQ),
                Preset("xai", Address("XAI", "https://api.x.ai/v1"), Dialect.XAI),
                Preset("openrouter", Address("OPENROUTER", "https://openrouter.ai/api/v1"), Dialect.OPENROUTER),
                Preset("deepseek", Address("DEEPSEEK", "https://api.deepseek.com"), Dialect.DEEPSEEK),
                Preset("mistral", Address("MISTRAL", "https://api.mistral.ai/v1"), Dialect.MISTRAL),
                Preset("together", Address("TOGETHER", "https://api.together.ai/v1"), Dialect.TOGETHER),
                Preset("fireworks", Address("FIREWORKS", "https://api.fireworks.ai/inference/v1"), Dialect.FIREWORKS),
                Preset("cerebras", Address("CEREBRAS", "https://api.cerebras.ai/v1"), Dialect.CEREBRAS),
                Preset("vllm", Address.local("VLLM", 8000), Dialect.VLLM),
                // Older versions listen on port 8080.
                Preset("llamacpp", Address.local("LLAMACPP", 9931, "LLAMA_API_KEY"), Dialect.COMPATIBLE),
                Preset("lmstudio", Address.local("LMSTUDIO", 1234, "LM_API_TOKEN"), Dialect.COMPATIBLE),
            ).associateBy { it.id }

        /** Returns the preset [id], or that of a custom endpoint with the API format of [like]. */
        fun of(id: String, like: String? = null): Preset = BY_ID[id] ?: custom(id, like)

        /** Returns the preset for the custom endpoint [id]: the API format of [like], but not its address or key. */
        private fun custom(id: String, like: String?): Preset {
            val model = BY_ID[like]
            // "openai" says only which API format it is: the server is not OpenAI's.
            val dialect = if (model == null || like == "openai") Dialect.COMPATIBLE else model.dialect
            return Preset(id, Address.custom(id, like = model?.address), dialect)
        }
    }
}

/** The URL of an endpoint, and where its key comes from. */
internal class Address(
    /** The start of the names of its variables. */
    private val variables: String,
    private val baseUrl: String?,
    private val needsKey: Boolean = true,
    /** The variable for the address, if it is not the usual one. */
    private val urlVariable: String? = null,
    /** The path of the API, relative to the address that users know. */
    private val below: String = "",
    /** The header for the key; null for `Authorization: Bearer`. */
    private val keyHeader: String? = null,
    /** The variable from which the server itself reads its key, if it is another one. */
    private val serversVariable: String? = null,
) {
    fun spec(): EndpointSpec = EndpointSpec.builder()
        .url(baseUrl)
        .variables(variables)
        .root(::root)
        .codes(CODES)
        .apply {
            urlVariable?.let { urlVariable(it) }
            serversVariable?.let { keyVariable(it) }
            keyHeader?.let { keyHeader(it) }
            if (!needsKey) keyOptional()
        }.build()

    /**
     * Returns the root of the API at [address]: removes the path of a method, and completes the path if only a part of
     * the endpoint's own path is given. The path is completed only on the endpoint's own host, or for a server that
     * needs no key and can run on any host.
     */
    fun root(address: URI): URI {
        val url = BaseUrl.root(address, METHODS)
        val usual = baseUrl?.let(::URI)?.takeIf { !needsKey || it.host.equals(url.host, true) }?.path
        return when {
            usual != null && "$usual/".startsWith(url.path + "/") -> BaseUrl.root(url, emptyList(), usual)
            below.isEmpty() -> url
            else -> BaseUrl.root(url, listOf("/v1"), below)
        }
    }

    companion object {
        private val METHODS = listOf("/chat/completions", "/responses", "/embeddings")

        // The v1 API: its model names are the names of the deployments, and it needs no api-version.
        val AZURE = Address(
            "AZURE_OPENAI",
            null,
            urlVariable = "AZURE_OPENAI_ENDPOINT",
            below = "/openai/v1",
            keyHeader = "api-key",
        )

        fun custom(id: String, like: Address?) =
            Address(id, null, needsKey = false, below = like?.below.orEmpty(), keyHeader = like?.keyHeader)

        fun local(variables: String, port: Int, serversVariable: String? = null) =
            Address(variables, "http://localhost:$port/v1", needsKey = false, serversVariable = serversVariable)
    }
}
