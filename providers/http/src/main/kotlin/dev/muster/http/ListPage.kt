package dev.muster.http

/** A page of a list. */
public class ListPage<T>(
    /** What stands on it. */
    public val items: List<T>,
    /** What to ask the next page by; null for the last one. */
    public val next: String?,
    /** What it was read from. */
    public val answer: WholeAnswer,
)

/**
 * All pages of the list of [subject] at [path]: [page] gets one of them, by what the page before says is next.
 *
 * @throws dev.muster.error.MalformedResponseException where the list has no end: it comes back to a page, or goes on
 * and on with nothing on it
 */
public suspend fun <T> ApiEndpoint.allPages(
    path: String,
    subject: String,
    page: suspend (next: String?) -> ListPage<T>,
): List<T> {
    val items = ArrayList<T>()
    val asked = HashSet<String>()
    var empty = 0
    var next: String? = null
    do {
        val got = page(next)
        items += got.items
        empty = if (got.items.isEmpty()) empty + 1 else 0
        next = got.next?.ifEmpty { null }
        if (next != null && (!asked.add(next) || empty == MAX_EMPTY)) {
            val call = ApiCall(path, subject, ByteArray(0)) { emptyList() }
            throw malformed(call, "the list of $subject has no end", got.answer.text, got.answer.requestId)
        }
    } while (next != null)
    return items
}

// Some may be empty, where what was on it may not be seen.
private const val MAX_EMPTY = 3
