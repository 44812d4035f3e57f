/**
 * Muster for Java: many concurrent calls to language models, as futures, blocking calls and
 * streams.
 *
 * <p>Start with {@link dev.muster.java.Muster}. Its models and agents return {@link
 * dev.muster.java.Call}s, which describe operations. {@link dev.muster.java.Calls} combines them. A
 * call runs when it is executed. Every way of waiting for a call can be cancelled, and cancelling
 * closes its HTTP exchanges with the provider.
 *
 * <p>All exceptions are unchecked: {@link dev.muster.error.LlmException} and its subclasses for
 * failures of a model call, {@link java.util.concurrent.CancellationException} if the caller
 * cancelled the call, {@link dev.muster.error.CallInterruptedException} if a blocking call was
 * interrupted, {@link dev.muster.error.ClientClosedException} if the client was closed.
 */
@NullMarked
package dev.muster.java;

import org.jspecify.annotations.NullMarked;
