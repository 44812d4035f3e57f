package dev.muster.http.codec

import java.io.IOException

/** The peer sent more data for [what] than fits the limit for data held in memory. */
public class TooLargeException(
    what: String,
    /** The exceeded limit in bytes. */
    public val limit: Int,
) : IOException("The $what is longer than $limit bytes")
