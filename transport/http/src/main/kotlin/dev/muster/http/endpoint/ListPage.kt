package dev.muster.http.endpoint

/** One page of a list. */
public class ListPage<T>(
    /** The items on this page. */
    public val items: List<T>,
    /** The token of the next page, or null for the last page. */
    public val next: String? = null,
)

/**
 * Fetches all pages of a list and returns their items.
 *
 * @param subject what is listed, such as `models`, for error messages
 * @param path returns the path of a page for the token from the page before it, or for null: the first page
 * @param read decodes the response of a page; the call is for the exception of a response that violates the protocol
 * @throws dev.muster.error.MissingApiKeyException if the endpoint requires a key and has none
 * @throws dev.muster.error.MalformedResponseException if the list does not end: a page token repeats, or too many
 * pages in a row are empty
 */
public suspend fun <T> ApiEndpoint.allPages(
    subject: String,
    path: (next: String?) -> String,
    read: (call: ApiCall, response: WholeResponse) -> ListPage<T>,
): List<T> {
    requireKey(subject)
    val items = ArrayList<T>()
    val asked = HashSet<String>()
    var empty = 0
    var next: String? = null
    do {
        val place = path(next)
        val call = getOf(place, subject)
        val response = get(place, subject)
        val page = read(call, response)
        items += page.items
        empty = if (page.items.isEmpty()) empty + 1 else 0
        next = page.next?.ifEmpty { null }
        if (next != null && (!asked.add(next) || empty == MAX_EMPTY)) {
            throw malformed(call, "the list of $subject has no end", response.text, response.requestId)
        }
    } while (next != null)
    return items
}

// A few empty pages are normal: the caller may have no access to their items.
private const val MAX_EMPTY = 3
