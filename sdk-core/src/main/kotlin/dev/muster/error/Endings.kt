package dev.muster.error

import java.util.concurrent.CancellationException

/**
 * The thread of a blocking call was interrupted. The HTTP exchange is closed and the thread's interrupt flag is set
 * again.
 *
 * This is a [CancellationException], not a failure of the call: recover, retry, fallback and race do not handle it.
 */
public class CallInterruptedException(message: String) : CancellationException(message)

/** The client was closed before or during the call. Recover, retry, fallback and race do not handle it. */
public class ClientClosedException(message: String) : IllegalStateException(message)
