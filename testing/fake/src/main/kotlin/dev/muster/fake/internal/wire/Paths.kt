package dev.muster.fake.internal.wire

/**
 * The paths of a provider's methods: they follow one of its [roots], such as `/v1`, which may follow any prefix that
 * tests use to tell endpoints apart. A root that is missing, doubled, or follows the version of another API does not
 * count.
 */
internal class Paths(private vararg val roots: String) {
    /** Whether [path], which ends in [method], has a valid root before it. */
    fun has(path: String, method: String): Boolean {
        val before = path.removeSuffix(method)
        val root = roots.firstOrNull { before.endsWith(it) } ?: return false
        return before.removeSuffix(root).split('/').drop(1).none {
            it.isEmpty() || "/$it" in roots ||
                VERSION.matches(it)
        }
    }

    /** Returns the valid paths of [method], for the error message. */
    fun hint(method: String): String = roots.joinToString(" or ") { it + method }

    private companion object {
        val VERSION = Regex("v\\d+[a-z0-9]*")
    }
}
