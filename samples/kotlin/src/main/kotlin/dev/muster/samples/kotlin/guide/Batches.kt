package dev.muster.samples.kotlin.guide

import dev.muster.batch.batch
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow

internal suspend fun inABatchWithoutAnEnd(model: ChatModel, lines: Flow<String>) {
    lines.batch({ concurrency(4) }) { model.ask(it) }.collect { println("${it.id}: ${it.outcome}") }
}
