package dev.muster.http

/** One page of a list. */
public class ListPage<T>(
    /** The items on this page. */
    public val items: List<T>,
    /** The token of the next page, or null for the last page. */
    public val next: String?,
    /** The response that this page was read from. */
    public val answer: WholeAnswer,
)

/**
 * Returns the items of all pages of the list of [subject] at [path]. [page] fetches one page by the token from the
 * page before it, or by null for the first.
 *
 * @throws dev.muster.error.MalformedResponseException if the list does not end: a page token repeats, or too many
 * pages in a row are empty
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

// A few empty pages are normal: the caller may have no access to their items.
private const val MAX_EMPTY = 3
