package dev.muster.fake

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration

/** A plain HTTP client for the tests, so that they do not depend on the providers. */
internal object Wire {
    val patience: Duration = Duration.ofSeconds(60)
    val client: HttpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    fun chatBody(prompt: String = "hello", model: String = "gpt-4o", more: String = ""): String =
        """{"model":"$model","messages":[{"role":"user","content":"$prompt"}]$more}"""

    fun post(url: String, body: String, vararg headers: String): HttpRequest = HttpRequest
        .newBuilder(URI(url))
        .header("Content-Type", "application/json")
        .apply { if (headers.isNotEmpty()) headers(*headers) else header("Authorization", "Bearer key") }
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build()

    fun openAi(server: FakeServer, body: String = chatBody()): HttpResponse<String> =
        client.send(post("${server.openAiUrl}/chat/completions", body), HttpResponse.BodyHandlers.ofString())

    fun ollama(server: FakeServer, body: String = chatBody()): HttpResponse<String> =
        client.send(post("${server.ollamaUrl}/api/chat", body), HttpResponse.BodyHandlers.ofString())

    fun anthropicBody(prompt: String = "hello", more: String = ""): String =
        chatBody(prompt, "claude", ""","max_tokens":100$more""")

    fun anthropic(
        server: FakeServer,
        body: String = anthropicBody(),
        vararg headers: String = arrayOf("x-api-key", "key", "anthropic-version", "2023-06-01"),
    ): HttpResponse<String> = client.send(
        post("${server.anthropicUrl}/v1/messages", body, *headers),
        HttpResponse.BodyHandlers.ofString(),
    )

    fun geminiBody(prompt: String = "hello", more: String = ""): String =
        """{"contents":[{"role":"user","parts":[{"text":"$prompt"}]}]$more}"""

    fun gemini(
        server: FakeServer,
        body: String = geminiBody(),
        method: String = "generateContent",
        vararg headers: String = arrayOf("x-goog-api-key", "key"),
    ): HttpResponse<String> = client.send(
        post("${server.geminiUrl}/v1beta/models/gemini:$method", body, *headers),
        HttpResponse.BodyHandlers.ofString(),
    )

    const val STREAM: String = ""","stream":true,"stream_options":{"include_usage":true}"""
}
