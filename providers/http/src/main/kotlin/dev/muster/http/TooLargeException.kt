package dev.muster.http

import java.io.IOException

/** A peer sent more than is held in memory for [what]. */
public class TooLargeException(
    what: String,
    /** The limit that was passed, in bytes. */
    public val limit: Int,
) : IOException("The $what is longer than $limit bytes")
