package dev.muster.resilience.internal

/** As many causes as are looked at. */
private const val MAX_CAUSES = 8

/** Nobody who uses the SDK has written these. */
private val LIBRARIES =
    listOf("dev.muster.", "_COROUTINE.", "kotlin.", "kotlinx.", "java.", "javax.", "jdk.", "sun.", "io.ktor.")

/**
 * Leaves of the stack trace of each failure in [failures], and of what caused it, the first frame, where all of it is
 * in libraries: a server that does not answer fails three times at the same place, which is told in a line and not in
 * forty. A trace with a frame of the user's stays whole.
 */
internal fun shortenTraces(failures: Iterable<Throwable>) {
    failures.flatMap { failure -> generateSequence(failure) { it.cause }.take(MAX_CAUSES) }.forEach(::shorten)
}

private fun shorten(failure: Throwable) {
    val frames = failure.stackTrace
    if (frames.size > 1 && frames.all { frame -> LIBRARIES.any { frame.className.startsWith(it) } }) {
        failure.stackTrace = frames.copyOf(1)
    }
}
