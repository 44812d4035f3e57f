/**
 * Muster for Java: many calls to language models at once, as futures, blocking calls and streams.
 *
 * <p>{@link dev.muster.java.Muster} is the way in. Its models and agents give {@link
 * dev.muster.java.Call}s, which describe an operation; {@link dev.muster.java.Calls} combines them;
 * a call runs when it is executed. Whatever waits for a call can be cancelled, and cancelling
 * closes its exchanges with the provider.
 *
 * <p>Exceptions are unchecked: {@link dev.muster.error.LlmException} and its kinds for what goes
 * wrong with a model, {@link java.util.concurrent.CancellationException} for what the caller
 * cancelled, {@link dev.muster.error.CallInterruptedException} for an interrupted blocking call,
 * {@link dev.muster.error.ClientClosedException} for calls of a closed client.
 */
@NullMarked
package dev.muster.java;

import org.jspecify.annotations.NullMarked;
