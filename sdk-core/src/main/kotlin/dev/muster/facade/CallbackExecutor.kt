@file:JvmName("CallbackExecution")
@file:OptIn(InternalMusterApi::class)

package dev.muster.facade

import dev.muster.annotation.InternalMusterApi
import dev.muster.concurrent.interruptible
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.withContext
import java.util.concurrent.Callable
import java.util.concurrent.Executor
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/* Where user code of a call runs: the executor that the call brings, or a shared one. */

/** Context element: the executor for blocking user code in a call; see [callback]. */
@InternalMusterApi
public class CallbackExecutor(
    /** The executor. */
    public val executor: Executor,
) : AbstractCoroutineContextElement(CallbackExecutor) {
    /** The key of the element. */
    public companion object Key : CoroutineContext.Key<CallbackExecutor>
}

/** Runs [call] with [executor] for those callbacks in it that have no executor of their own. */
@InternalMusterApi
public suspend fun <T> withCallbacksOn(executor: Executor, call: suspend () -> T): T =
    withContext(CallbackExecutor(executor)) { call() }

/** Runs [call] with [executor] for the callbacks in it, unless the caller has already set one. */
@InternalMusterApi
public suspend fun <T> withCallbacksFirstOn(executor: Executor, call: suspend () -> T): T =
    if (currentCoroutineContext()[CallbackExecutor] != null) call() else withCallbacksOn(executor, call)

/** Returns [flow] with [executor] for the callbacks in it, unless the collector has already set one. */
@InternalMusterApi
public fun <T> withCallbacksFirstOn(executor: Executor, flow: Flow<T>): Flow<T> = flow {
    val said = currentCoroutineContext()[CallbackExecutor] != null
    emitAll(if (said) flow else flow.flowOn(CallbackExecutor(executor)))
}

/**
 * Runs blocking user code [task] as [interruptible] does: on [own] if not null, else on the [CallbackExecutor] of the
 * context, else on [shared]. Restores the [CarriedContext] of the call around it.
 */
@InternalMusterApi
public suspend fun <T> callback(own: Executor?, shared: Executor, task: Callable<T>): T {
    val carried = currentCoroutineContext()[CarriedContext]
    return interruptible(callbackExecutor(own, shared), carried?.around(task) ?: task)
}

/** Runs [use] with the executor that [callback] would use. */
@InternalMusterApi
public suspend fun <T> withCallbackExecutor(own: Executor?, shared: Executor, use: suspend (Executor) -> T): T =
    use(callbackExecutor(own, shared))

/** Returns the flow that [make] returns for the executor that [callback] would use. */
@InternalMusterApi
public fun <T> flowWithCallbackExecutor(own: Executor?, shared: Executor, make: (Executor) -> Flow<T>): Flow<T> = flow {
    emitAll(make(callbackExecutor(own, shared)))
}

private suspend fun callbackExecutor(own: Executor?, shared: Executor): Executor =
    own ?: currentCoroutineContext()[CallbackExecutor]?.executor ?: shared
