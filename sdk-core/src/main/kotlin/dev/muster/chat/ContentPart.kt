package dev.muster.chat

import java.util.Base64

/** One part of a message's content. Later versions may add kinds, so a `when` needs an `else` branch. */
@Suppress("UnnecessaryAbstractClass") // Not sealed: see decision 23.
public abstract class ContentPart internal constructor() {
    /** Plain text. */
    public class Text(
        /** The text, sent unchanged. */
        @get:JvmName("text")
        public val text: String,
    ) : ContentPart() {
        override fun equals(other: Any?): Boolean = other is Text && other.text == text

        override fun hashCode(): Int = text.hashCode()

        override fun toString(): String = "Text(${text.length} chars)"
    }

    /** Content other than text: either its bytes, or a URL from which the provider fetches it. Immutable. */
    @Suppress("UnnecessaryAbstractClass")
    public abstract class Media internal constructor(
        /** The media type, such as `image/png`. Null if only the server behind [url] knows it. */
        @get:JvmName("mediaType")
        public val mediaType: String?,
        /** The URL from which the provider fetches the content. Null if the bytes are sent. */
        @get:JvmName("url")
        public val url: String?,
        private val bytes: ByteArray?,
    ) : ContentPart() {
        // Encoded once: a conversation sends the same part in many requests.
        private val encoded: String? by lazy { bytes?.let { Base64.getEncoder().encodeToString(it) } }

        /** The bytes in base 64, or null if the content has only a [url]. */
        @get:JvmName("base64")
        public val base64: String? get() = encoded

        /** The bytes and their media type as a `data:` URL, or null if the content has only a [url]. */
        @get:JvmName("dataUrl")
        public val dataUrl: String? get() = base64?.let { "data:$mediaType;base64,$it" }

        override fun equals(other: Any?): Boolean = other is Media &&
            other.javaClass == javaClass &&
            other.mediaType == mediaType &&
            other.url == url &&
            other.bytes.contentEquals(bytes)

        override fun hashCode(): Int = listOf(mediaType, url, bytes.contentHashCode()).hashCode()

        override fun toString(): String =
            "${javaClass.simpleName}($mediaType, ${if (bytes == null) "by URL" else "${bytes.size} bytes"})"
    }

    /** An image, for a model that accepts images. */
    public class Image private constructor(mediaType: String?, url: String?, bytes: ByteArray?) :
        Media(mediaType, url, bytes) {
        /** Creates images. */
        public companion object {
            /** Returns an image with a copy of [bytes]. An example of a [mediaType] is `image/png`. */
            @JvmStatic
            public fun of(bytes: ByteArray, mediaType: String): Image = Image(mediaType, null, bytes.copyOf())

            /** Returns the image at [url], for providers that can fetch it. */
            @JvmStatic
            public fun url(url: String): Image = Image(null, url, null)
        }
    }

    /** A document, such as a PDF, for a provider that accepts documents. */
    public class Document private constructor(
        mediaType: String?,
        url: String?,
        bytes: ByteArray?,
        /** The name of the document, or null. */
        @get:JvmName("name")
        public val name: String?,
    ) : Media(mediaType, url, bytes) {
        override fun equals(other: Any?): Boolean = super.equals(other) && (other as Document).name == name

        override fun hashCode(): Int = 31 * super.hashCode() + name.hashCode()

        /** Creates documents. */
        public companion object {
            /** Returns a document with a copy of [bytes]. An example of a [mediaType] is `application/pdf`. */
            @JvmStatic
            @JvmOverloads
            public fun of(bytes: ByteArray, mediaType: String, name: String? = null): Document =
                Document(mediaType, null, bytes.copyOf(), name)

            /** Returns the document at [url], for providers that can fetch it. */
            @JvmStatic
            @JvmOverloads
            public fun url(url: String, name: String? = null): Document = Document(null, url, null, name)
        }
    }

    /**
     * A block of the model's reasoning that must go back to the model unchanged, together with the results of the
     * tools it called.
     *
     * It occurs only in assistant messages; [ChatResponse.toMessage] adds it. It is left out of requests to other
     * providers.
     */
    public class Reasoning(
        /** The reasoning's text. Empty if the provider does not disclose it. */
        @get:JvmName("text")
        public val text: String,
        /** The provider's proof that it created the block, or the encrypted block itself. Opaque. */
        @get:JvmName("signature")
        public val signature: String?,
        /** The API format that created the block, such as `anthropic`. No other API format can read it. */
        @get:JvmName("apiFormat")
        public val apiFormat: String,
    ) : ContentPart() {
        override fun equals(other: Any?): Boolean =
            other is Reasoning && other.text == text && other.signature == signature && other.apiFormat == apiFormat

        override fun hashCode(): Int = listOf(text, signature, apiFormat).hashCode()

        override fun toString(): String = "Reasoning($apiFormat, ${text.length} chars, signed=${signature != null})"
    }

    /**
     * A part of a response that is neither text, reasoning nor a tool call: the work of the provider's own tools, an
     * image, audio or code made by the model, or text with its citations.
     *
     * It occurs only in assistant messages; [ChatResponse.toMessage] adds it. The provider that created the part gets
     * it back unchanged and at its original position. It is left out of requests to other providers.
     */
    public class Opaque(
        /** The provider's type of the part, such as `web_search_tool_result`. */
        @get:JvmName("type")
        public val type: String,
        /** The part as received: a JSON object. */
        @get:JvmName("json")
        public val json: String,
        /** The API format that created the part, such as `anthropic`. No other API format can read it. */
        @get:JvmName("apiFormat")
        public val apiFormat: String,
        /** The number of characters of the response's text before this part. */
        @get:JvmName("textBefore")
        public val textBefore: Int,
        /** The number of tool calls before this part. */
        @get:JvmName("callsBefore")
        public val callsBefore: Int,
    ) : ContentPart() {
        /** Creates a part at the beginning of the response. */
        public constructor(type: String, json: String, apiFormat: String) : this(type, json, apiFormat, 0, 0)

        /** Creates a part after [textBefore] characters of text and no tool call. */
        public constructor(type: String, json: String, apiFormat: String, textBefore: Int) :
            this(type, json, apiFormat, textBefore, 0)

        override fun equals(other: Any?): Boolean = other is Opaque && other.parts() == parts()

        override fun hashCode(): Int = parts().hashCode()

        override fun toString(): String = "Opaque($apiFormat, $type, ${json.length} chars)"

        private fun parts() = listOf(type, json, apiFormat, textBefore, callsBefore)
    }
}
