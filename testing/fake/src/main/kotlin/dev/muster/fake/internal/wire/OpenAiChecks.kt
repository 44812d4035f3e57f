package dev.muster.fake.internal.wire

import com.fasterxml.jackson.databind.JsonNode
import java.net.URI
import java.net.URISyntaxException
import java.util.Base64

// Rules that several of OpenAI's API formats share.

/** The name of a tool or of a schema. */
internal val functionName =
    Check { value, path ->
        when {
            !value.isTextual -> wrongType(value, path, "a string")
            Regex("[a-zA-Z0-9_-]{1,64}").matches(value.textValue()) -> null
            else -> invalid(path, "string does not match pattern '^[a-zA-Z0-9_-]{1,64}$'")
        }
    }

internal val promptCacheOptions =
    Fields(optional("mode", oneOf("implicit", "explicit")), optional("ttl", oneOf("30m")))

internal val reasoningEffort = oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")

/** A web URL. */
internal val webUrl = Check { value, path -> urlViolation(value, path, data = null) }

/** An image: a web URL, or its bytes as a data URL. */
internal val imageUrl = Check { value, path -> urlViolation(value, path, data = "image/") }

/** The bytes of a file as a data URL. */
internal val dataUrl = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "a string")
        value.textValue().startsWith("data:") -> urlViolation(value, path, data = "")
        else -> invalid(path, "expected a base64-encoded data URL with a MIME type")
    }
}

/** Bytes in base64, at least one. */
internal val base64Data = Check { value, path ->
    when {
        !value.isTextual -> wrongType(value, path, "a string")
        isBase64(value.textValue()) -> null
        else -> invalid(path, "invalid base64-encoded value")
    }
}

/** [data] is the required start of the type in a data URL, or null if data URLs are not allowed. */
private fun urlViolation(value: JsonNode, path: String, data: String?): Violation? {
    if (!value.isTextual) return wrongType(value, path, "a string")
    val text = value.textValue()
    val match = DATA_URL.matchEntire(text)
    return when {
        match == null -> if (isOnTheWeb(
                text,
            )
        ) {
            null
        } else {
            invalid(path, "expected a valid URL, but got a value with an invalid format")
        }

        data == null || !match.groupValues[1].startsWith(data) -> invalid(path, "unsupported MIME type")

        isBase64(match.groupValues[2]) -> null

        else -> invalid(path, "invalid base64-encoded value")
    }
}

private fun isOnTheWeb(text: String): Boolean = try {
    URI(text).let { (it.scheme == "http" || it.scheme == "https") && !it.host.isNullOrEmpty() }
} catch (_: URISyntaxException) {
    false
}

private fun isBase64(text: String): Boolean = try {
    Base64.getDecoder().decode(text).isNotEmpty()
} catch (_: IllegalArgumentException) {
    false
}

private val DATA_URL = Regex("data:([a-z]+/[a-z0-9.+-]+);base64,(.*)", RegexOption.DOT_MATCHES_ALL)
