package dev.muster.internal

import dev.muster.call.internal.PathEnd
import dev.muster.call.internal.RunningCall
import dev.muster.chat.ModelInfo
import dev.muster.chat.Usage
import dev.muster.provider.ProviderSession

/** Asks [session] for its models: a call that uses no tokens. */
internal class ModelList(private val session: ProviderSession) : PathEnd<Unit, List<ModelInfo>?> {
    override fun check(request: Unit): Unit = Unit

    override fun estimate(request: Unit): Long = 0

    override fun usageOf(response: List<ModelInfo>?): Usage? = null

    override suspend fun attempt(call: RunningCall<Unit, List<ModelInfo>?>): List<ModelInfo>? = session.models()
}
