package dev.muster.gemini.internal

import dev.muster.chat.ContentPart

/**
 * Returns the media type of [media]. The API requires it for a URL too, so it is derived from the extension of the URL,
 * or of the document's name. Returns null if neither has a known extension.
 */
internal fun mediaTypeOf(media: ContentPart.Media): String? {
    media.mediaType?.let { return it }
    val names = listOfNotNull((media as? ContentPart.Document)?.name, media.url?.let(::fileName))
    return names.firstNotNullOfOrNull { TYPES[it.substringAfterLast('.', "").lowercase()] }
}

/** Whether Google knows the type of the URL of [media]: a file uploaded to Google, or a YouTube video. */
internal fun isKnownToGoogle(media: ContentPart.Media): Boolean = media.url.orEmpty().let { url ->
    UPLOADED.matches(url) || FILMS.any { url.startsWith(it) }
}

private fun fileName(url: String): String = url
    .substringBefore('#')
    .substringBefore('?')
    .substringAfter("://")
    .substringAfterLast('/', "")

private val UPLOADED = Regex("(https://[^/]+/v[^/]+/)?files/[^/.]+")
private val FILMS = listOf("https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/")

private val TYPES =
    mapOf(
        "png" to "image/png",
        "jpg" to "image/jpeg",
        "jpeg" to "image/jpeg",
        "webp" to "image/webp",
        "heic" to "image/heic",
        "heif" to "image/heif",
        "gif" to "image/gif",
        "bmp" to "image/bmp",
        "pdf" to "application/pdf",
        "json" to "application/json",
        "txt" to "text/plain",
        "md" to "text/markdown",
        "html" to "text/html",
        "htm" to "text/html",
        "css" to "text/css",
        "csv" to "text/csv",
        "xml" to "text/xml",
        "rtf" to "text/rtf",
        "mp3" to "audio/mp3",
        "wav" to "audio/wav",
        "aac" to "audio/aac",
        "ogg" to "audio/ogg",
        "flac" to "audio/flac",
        "mp4" to "video/mp4",
        "mpeg" to "video/mpeg",
        "mpg" to "video/mpg",
        "mov" to "video/mov",
        "webm" to "video/webm",
    )
