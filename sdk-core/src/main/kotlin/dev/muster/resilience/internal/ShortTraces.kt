package dev.muster.resilience.internal

/** The maximum number of causes to look at. */
private const val MAX_CAUSES = 8

/** The packages that are not the user's code. */
private val LIBRARIES =
    listOf("dev.muster.", "_COROUTINE.", "kotlin.", "kotlinx.", "java.", "javax.", "jdk.", "sun.", "io.ktor.")

/**
 * Cuts the stack traces of [failures] and of their causes to the first frame if all frames are in libraries. A dead
 * server fails three times at the same place: one line says that, forty do not say more. A trace with a frame of the
 * user's code stays whole.
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
