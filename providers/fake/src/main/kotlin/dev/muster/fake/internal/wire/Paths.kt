package dev.muster.fake.internal.wire

/**
 * Where a provider's methods lie: behind one of its [roots], such as `/v1`, and that behind any prefix, by which tests
 * tell endpoints apart. A root that is missing, doubled, or stands behind the version of another API is none.
 */
internal class Paths(private vararg val roots: String) {
    /** Whether [method] of [path], which ends in it, lies behind a root. */
    fun has(path: String, method: String): Boolean {
        val before = path.removeSuffix(method)
        val root = roots.firstOrNull { before.endsWith(it) } ?: return false
        return before.removeSuffix(root).split('/').drop(1).none {
            it.isEmpty() || "/$it" in roots ||
                VERSION.matches(it)
        }
    }

    /** What a request to [path] is told that has no root before its [method]. */
    fun hint(method: String): String = roots.joinToString(" or ") { it + method }

    private companion object {
        val VERSION = Regex("v\\d+[a-z0-9]*")
    }
}
