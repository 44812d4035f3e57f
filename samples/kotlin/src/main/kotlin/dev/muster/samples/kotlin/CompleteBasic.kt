package dev.muster.samples.kotlin

import dev.muster.model.ChatModel
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.Text
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.future.await
import kotlinx.coroutines.future.future
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.util.concurrent.CompletableFuture

/** One question and three ways to wait for the answer. */
internal suspend fun showBasic(model: ChatModel, meter: ConcurrencyMeter) {
    println(Text.title("Basic: three ways to wait"))
    val ask = suspend { meter.measure { model.ask("Name a lake.") } }

    val answer = coroutineScope {
        val future: CompletableFuture<String> = future { ask() }
        future.await()
    }
    println("Future:   ${Text.oneLine(answer)}")

    // For code that does not suspend and may block its thread.
    println("Blocking: ${Text.oneLine(withContext(Dispatchers.IO) { runBlocking { ask() } })}")

    // Two calls in a row are plain code, and no thread waits between them.
    println("Suspend:  ${Text.oneLine("${ask()}, ${ask()}")}")
}
