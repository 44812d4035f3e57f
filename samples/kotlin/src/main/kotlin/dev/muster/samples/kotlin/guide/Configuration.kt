package dev.muster.samples.kotlin.guide

import dev.muster.MusterClient
import dev.muster.config.MusterConfig
import java.nio.file.Path

/** What docs/configuration.md shows. */
internal object Configuration {
    suspend fun fromOutside() {
        val config = MusterConfig.load()
        println(config.describe())
        MusterClient.create(config).use { client ->
            println(client.agent().ask("Name a prime"))
        }
    }

    fun byHand(options: Map<String, String>): MusterConfig = MusterConfig.builder()
        .file(Path.of("conf", "models.conf"))
        .setAll(options)
        .set("timeouts.total", "30s")
        .build()

    fun besides(config: MusterConfig, key: String): MusterClient = MusterClient {
        config(config)
        provider("openai") { it.apiKey(key) }
    }
}
