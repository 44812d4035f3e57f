package dev.muster.http.endpoint

/** A provider's encoded request. */
public class ApiCall(
    /** The path appended to the base URL, such as `/chat/completions`. */
    public val path: String,
    /** The model, named in error messages. */
    public val model: String,
    /** The encoded JSON; not copied. */
    public val body: ByteArray,
    /** The texts that must not appear in an error message. */
    public val privateTexts: () -> List<String>,
)

/** A complete response with a 2xx status. */
public class WholeResponse(
    /** The body. */
    public val text: String,
    /** The provider's request id, or null if no header contains it. */
    public val requestId: String?,
)
