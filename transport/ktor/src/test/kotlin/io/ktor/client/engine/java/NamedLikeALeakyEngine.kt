package io.ktor.client.engine.java

import io.ktor.client.engine.HttpClientEngineBase
import io.ktor.client.engine.HttpClientEngineConfig
import io.ktor.client.request.HttpRequestData
import io.ktor.client.request.HttpResponseData
import io.ktor.utils.io.InternalAPI

/** Stands in for Ktor's engine of this package, which cannot be resolved in its version. */
internal class NamedLikeALeakyEngine : HttpClientEngineBase("leaky") {
    override val config = HttpClientEngineConfig()

    @InternalAPI
    override suspend fun execute(data: HttpRequestData): HttpResponseData = error("never called")
}
