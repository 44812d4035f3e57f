package dev.muster.fake.internal.net

/** Status codes and their phrases. */
internal object HttpStatus {
    const val OK = 200
    const val BAD_REQUEST = 400
    const val UNAUTHORIZED = 401
    const val NOT_FOUND = 404
    const val METHOD_NOT_ALLOWED = 405
    const val TOO_LARGE = 413
    const val TOO_MANY = 429
    const val HEADERS_TOO_LARGE = 431
    const val SERVER_ERROR = 500

    private val phrases =
        mapOf(
            OK to "OK",
            BAD_REQUEST to "Bad Request",
            UNAUTHORIZED to "Unauthorized",
            402 to "Payment Required",
            403 to "Forbidden",
            NOT_FOUND to "Not Found",
            METHOD_NOT_ALLOWED to "Method Not Allowed",
            408 to "Request Timeout",
            409 to "Conflict",
            TOO_LARGE to "Content Too Large",
            422 to "Unprocessable Content",
            TOO_MANY to "Too Many Requests",
            HEADERS_TOO_LARGE to "Request Header Fields Too Large",
            SERVER_ERROR to "Internal Server Error",
            502 to "Bad Gateway",
            503 to "Service Unavailable",
            504 to "Gateway Timeout",
            529 to "Site Is Overloaded",
        )

    fun phrase(status: Int): String = phrases[status] ?: "Status $status"
}
