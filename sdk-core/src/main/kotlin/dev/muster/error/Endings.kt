package dev.muster.error

import java.util.concurrent.CancellationException

/**
 * A blocking call was interrupted; its exchange was closed and the thread's interrupt flag is set again. Being a
 * [CancellationException], it is nobody's failure: recover, retry, fallback and race let it pass.
 */
public class CallInterruptedException(message: String) : CancellationException(message)

/** The client was closed before or while the call ran. Recover, retry, fallback and race let it pass. */
public class ClientClosedException(message: String) : IllegalStateException(message)
