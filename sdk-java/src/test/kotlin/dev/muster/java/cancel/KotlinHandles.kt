package dev.muster.java.cancel

import dev.muster.MusterClient
import dev.muster.agent.ChatAgent
import dev.muster.agent.ask
import dev.muster.agent.tool
import dev.muster.chat.ToolDefinition
import dev.muster.concurrent.deadline
import dev.muster.concurrent.race
import dev.muster.error.ClientClosedException
import dev.muster.error.LlmTimeoutException
import dev.muster.java.cancel.Handle.Companion.PROMPT
import dev.muster.model.ChatModel
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.merge
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.launch
import java.util.concurrent.CompletableFuture

/** How a Kotlin program cancels: with the suspend functions and flows of the core. */
internal object KotlinHandles {
    val all: List<Handle> = listOf(
        KotlinHandle("coroutine cancel", CancellationException::class.java, ::ByCoroutine),
        KotlinHandle("Flow collector leaving", null, ::ByLeaving),
        KotlinHandle("deadline", LlmTimeoutException::class.java, ::ByDeadline),
        KotlinHandle("race lost", null, ::ByRace),
        KotlinHandle("client close", ClientClosedException::class.java, ::ByClosing, endsSession = true),
    )
}

private class KotlinHandle(
    override val name: String,
    override val ending: Class<out Throwable>?,
    private val session: (Kind) -> Session,
    override val endsSession: Boolean = false,
) : Handle {
    override val style: String get() = "Kotlin"

    override fun open(kind: Kind): Session = session(kind)
}

private abstract class KotlinSession(protected val kind: Kind) : Session {
    protected val client: MusterClient = MusterClient {
        environment(emptyMap())
        provider("openai") { it.baseUrl(kind.url).apiKey("test-key") }
        retry(kind.retry)
        kind.limiter?.let { concurrencyLimiter("openai", it) }
        transport(kind.transport)
    }
    protected val model: ChatModel = client.model("openai::gpt-4o-mini")

    override fun close() = client.close()

    private val agent: ChatAgent? = kind.inside?.let { inside ->
        val definition = ToolDefinition(Inside.TOOL, "Waits.", mapOf("type" to "object"))
        ChatAgent.builder(model).tool(tool(definition) { waiting(inside) }).build()
    }

    private suspend fun waiting(inside: Inside): Nothing {
        inside.entered()
        try {
            awaitCancellation()
        } finally {
            inside.left()
        }
    }

    protected suspend fun call(onToken: Runnable) {
        when {
            agent != null -> agent.ask(PROMPT)
            kind.tokens == Tokens.NONE -> model.ask(PROMPT)
            else -> model.stream(PROMPT).collect { onToken.run() }
        }
    }

    protected fun events(): Flow<Any> = agent?.stream(PROMPT) ?: model.stream(PROMPT)

    /** Runs [program] in its own coroutine, on which [cancel] acts. */
    protected fun run(cancel: (CoroutineScope) -> Long, program: suspend () -> Unit): Running {
        val ending = CompletableFuture<Throwable?>()
        val scope = CoroutineScope(kind.clock.context)
        scope.launch { ending.complete(failureOf(program)) }
        return Launched({ cancel(scope) }, ending)
    }

    private suspend fun failureOf(program: suspend () -> Unit): Throwable? = try {
        program()
        null
    } catch (e: Throwable) {
        // Every ending is data here, even the cancellation of the coroutine, which ends with this block.
        e
    }
}

private class Launched(private val how: () -> Long, override val ending: CompletableFuture<Throwable?>) : Running {
    override fun cancel(): Long = how()
}

private class ByCoroutine(kind: Kind) : KotlinSession(kind) {
    override fun start(onToken: Runnable): Running = run({ scope -> now { scope.cancel() } }) {
        call(onToken)
    }
}

/**
 * Leaves at the next token or, in phases without tokens, because another flow next to it has delivered what was needed.
 */
private class ByLeaving(kind: Kind) : KotlinSession(kind) {
    override fun start(onToken: Runnable): Running {
        val enough = CompletableDeferred<Unit>()
        return run({ now { enough.complete(Unit) } }) {
            val events = events().onEach { onToken.run() }
            if (kind.tokens == Tokens.FLOWING) {
                events.takeWhile { !enough.isCompleted }.collect { }
            } else {
                merge<Any>(events, flow { emit(enough.await()) }).first { it == Unit }
            }
        }
    }
}

private class ByDeadline(kind: Kind) : KotlinSession(kind) {
    override fun start(onToken: Runnable): Running =
        run({ now { kind.clock.pass(kind.limit) } }) { deadline(kind.limit) { call(onToken) } }
}

private class ByRace(kind: Kind) : KotlinSession(kind) {
    override fun start(onToken: Runnable): Running {
        val won = CompletableDeferred<Unit>()
        return run({ now { won.complete(Unit) } }) { race({ call(onToken) }, { won.await() }) }
    }
}

private class ByClosing(kind: Kind) : KotlinSession(kind) {
    override fun start(onToken: Runnable): Running = run({ now { client.close() } }) { call(onToken) }
}
