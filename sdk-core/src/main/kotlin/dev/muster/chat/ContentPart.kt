package dev.muster.chat

import java.util.Base64

/** One piece of a message's content. More kinds may come: have an `else` branch. */
public sealed class ContentPart {
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

    /** Something that is not text: its bytes, or where the provider finds them. Immutable. */
    public sealed class Media(
        /** What kind of data it is, such as `image/png`; null where only the server behind [url] knows. */
        @get:JvmName("mediaType")
        public val mediaType: String?,
        /** Where the provider fetches it; null where the bytes themselves are sent. */
        @get:JvmName("url")
        public val url: String?,
        private val bytes: ByteArray?,
    ) : ContentPart() {
        // Once for all requests that a conversation sends it with.
        private val encoded: String? by lazy { bytes?.let { Base64.getEncoder().encodeToString(it) } }

        /** The bytes in base 64, or null where there is only a [url]. */
        public fun base64(): String? = encoded

        /** The bytes and their type as a `data:` URL, or null where there is only a [url]. */
        public fun dataUrl(): String? = base64()?.let { "data:$mediaType;base64,$it" }

        override fun equals(other: Any?): Boolean = other is Media &&
            other.javaClass == javaClass &&
            other.mediaType == mediaType &&
            other.url == url &&
            other.bytes.contentEquals(bytes)

        override fun hashCode(): Int = listOf(mediaType, url, bytes.contentHashCode()).hashCode()

        override fun toString(): String =
            "${javaClass.simpleName}($mediaType, ${if (bytes == null) "by URL" else "${bytes.size} bytes"})"
    }

    /** An image for a model that sees. */
    public class Image private constructor(mediaType: String?, url: String?, bytes: ByteArray?) :
        Media(mediaType, url, bytes) {
        /** Makes images. */
        public companion object {
            /** The image in [bytes], which are copied; [mediaType] such as `image/png`. */
            @JvmStatic
            public fun of(bytes: ByteArray, mediaType: String): Image = Image(mediaType, null, bytes.copyOf())

            /** The image at [url], which the provider fetches where it can. */
            @JvmStatic
            public fun url(url: String): Image = Image(null, url, null)
        }
    }

    /** A document, such as a PDF, for a provider that reads it. */
    public class Document private constructor(
        mediaType: String?,
        url: String?,
        bytes: ByteArray?,
        /** What it is called; null where that does not matter. */
        @get:JvmName("name")
        public val name: String?,
    ) : Media(mediaType, url, bytes) {
        override fun equals(other: Any?): Boolean = super.equals(other) && (other as Document).name == name

        override fun hashCode(): Int = 31 * super.hashCode() + name.hashCode()

        /** Makes documents. */
        public companion object {
            /** The document in [bytes], which are copied; [mediaType] such as `application/pdf`. */
            @JvmStatic
            @JvmOverloads
            public fun of(bytes: ByteArray, mediaType: String, name: String? = null): Document =
                Document(mediaType, null, bytes.copyOf(), name)

            /** The document at [url], which the provider fetches where it can. */
            @JvmStatic
            @JvmOverloads
            public fun url(url: String, name: String? = null): Document = Document(null, url, null, name)
        }
    }

    /**
     * A block of a model's reasoning that has to go back to it, unchanged, with the results of the tools it has called.
     * Only in assistant messages; [ChatResponse.toMessage] puts it there. Providers leave out blocks that they have not
     * made.
     */
    public class Reasoning(
        /** The reasoning in words; empty where the provider keeps them to itself. */
        @get:JvmName("text")
        public val text: String,
        /** What proves to the provider that it made the block, or holds it encrypted. Opaque. */
        @get:JvmName("signature")
        public val signature: String?,
        /** The wire form that made the block, such as `anthropic`; no other can read it. */
        @get:JvmName("form")
        public val form: String,
    ) : ContentPart() {
        override fun equals(other: Any?): Boolean =
            other is Reasoning && other.text == text && other.signature == signature && other.form == form

        override fun hashCode(): Int = listOf(text, signature, form).hashCode()

        override fun toString(): String = "Reasoning($form, ${text.length} chars, signed=${signature != null})"
    }

    /**
     * A block of an answer that is neither text nor reasoning nor a call of a tool: what the provider's own tools have
     * done, an image, audio or code that the model has made, a text with its citations. Only in assistant messages;
     * [ChatResponse.toMessage] puts it there, and the provider that made it gets it back unchanged and in its place.
     * Other providers leave it out.
     */
    public class Opaque
    @JvmOverloads
    constructor(
        /** The provider's word for what it is, such as `web_search_tool_result`. */
        @get:JvmName("type")
        public val type: String,
        /** The block as it came: a JSON object. */
        @get:JvmName("json")
        public val json: String,
        /** The wire form that made it, such as `anthropic`; no other can read it. */
        @get:JvmName("form")
        public val form: String,
        /** How many characters of the answer's text stand before it. */
        @get:JvmName("textBefore")
        public val textBefore: Int = 0,
        /** How many calls of tools stand before it. */
        @get:JvmName("callsBefore")
        public val callsBefore: Int = 0,
    ) : ContentPart() {
        override fun equals(other: Any?): Boolean = other is Opaque && other.parts() == parts()

        override fun hashCode(): Int = parts().hashCode()

        override fun toString(): String = "Opaque($form, $type, ${json.length} chars)"

        private fun parts() = listOf(type, json, form, textBefore, callsBefore)
    }
}
