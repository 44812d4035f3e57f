package dev.muster.anthropic.internal

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.http.JsonWriter
import dev.muster.http.Place
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import java.time.Duration
import java.util.Base64

/** Writes a conversation; what the API has no words for goes to [refuse]. */
internal class MessageCodec(private val refuse: (why: String) -> Nothing) {
    /** Whether it goes to the top; the API refuses empty text. */
    fun Message.isInstruction(): Boolean = role == Role.SYSTEM && text.isNotBlank()

    fun JsonWriter.system(messages: List<Message>) {
        messages.forEach { refuseMedia(it) }
        val only = messages.singleOrNull()
        if (only != null && only.cacheControl == null) {
            value(only.text)
        } else {
            array { messages.forEach { textBlock(it.text, it.cacheControl) } }
        }
    }

    /** All results of one round of tools have to stand in one user turn, right behind the turn that asked for them. */
    fun JsonWriter.turns(messages: List<Message>) {
        val results = ArrayList<Message>()
        for (message in messages) {
            if (message.role == Role.TOOL) {
                results += message
            } else if (message.role != Role.SYSTEM) {
                toolResults(results)
                results.clear()
                if (message.role == Role.USER) said(message) else answered(message)
            }
        }
        toolResults(results)
    }

    private fun JsonWriter.toolResults(results: List<Message>) {
        if (results.isEmpty()) return
        turn("user") {
            array {
                results.forEach { result ->
                    refuseMedia(result)
                    obj {
                        name("type").value("tool_result")
                        name("tool_use_id").value(idOf(result.toolCallId.orEmpty()))
                        name("content").value(result.text)
                        if (result.isToolError) name("is_error").any(true)
                        cache(result.cacheControl)
                    }
                }
            }
        }
    }

    private fun JsonWriter.said(message: Message) {
        val parts = message.content.filterNot { it is ContentPart.Text && it.text.isBlank() }
        val only = parts.singleOrNull()
        turn("user") {
            if (only is ContentPart.Text && message.cacheControl == null) {
                value(only.text)
            } else {
                array {
                    parts.forEachIndexed { at, part ->
                        val cache = message.cacheControl.takeIf { at == parts.lastIndex }
                        when (part) {
                            is ContentPart.Text -> textBlock(part.text, cache)
                            is ContentPart.Image -> block("image", cache) { imageSource(part) }
                            is ContentPart.Document -> block("document", cache) { document(part) }
                            is ContentPart.Reasoning, is ContentPart.Opaque -> Unit
                        }
                    }
                }
            }
        }
    }

    /** Its thinking stands where it stood, unchanged. A mark for the cache stands elsewhere: thinking takes none. */
    private fun JsonWriter.answered(message: Message) {
        refuseMedia(message)
        val text = message.text
        val thinking = message.content.filterIsInstance<ContentPart.Reasoning>().filter { it.form == REASONING_FORM }
        val isTextOnly = thinking.isEmpty() && message.toolCalls.isEmpty()
        when {
            // There was nothing but what another provider has thought.
            isTextOnly && text.isBlank() -> Unit

            isTextOnly && message.cacheControl == null -> turn("assistant") { value(text) }

            else -> turn("assistant") { array { blocks(message, text, thinking) } }
        }
    }

    private fun JsonWriter.blocks(message: Message, text: String, thinking: List<ContentPart.Reasoning>) {
        val calls = message.toolCalls
        var said = 0
        var called = 0

        // Whoever has changed the message since may have left less than there was.
        fun upTo(place: Place) {
            val piece = text.substring(said, place.text.coerceIn(said, text.length))
            said += piece.length
            val isLast = calls.isEmpty() && text.substring(said).isBlank()
            if (piece.isNotBlank()) textBlock(piece, message.cacheControl.takeIf { isLast })
            while (called < minOf(place.calls, calls.size)) {
                toolUse(calls[called], message.cacheControl.takeIf { called == calls.lastIndex })
                called++
            }
        }
        thinking.forEach {
            val seal = Seal.of(it)
            upTo(seal.place)
            thinking(it.text, seal)
        }
        upTo(Place(text.length, calls.size))
    }

    private inline fun JsonWriter.turn(role: String, content: JsonWriter.() -> Unit) {
        obj {
            name("role").value(role)
            name("content").content()
        }
    }

    private fun JsonWriter.textBlock(text: String, cache: CacheControl?) =
        block("text", cache) { name("text").value(text) }

    private inline fun JsonWriter.block(type: String, cache: CacheControl?, fields: JsonWriter.() -> Unit) {
        obj {
            name("type").value(type)
            fields()
            cache(cache)
        }
    }

    private fun JsonWriter.cache(control: CacheControl?) {
        if (control == null) return
        val isLong = control.ttl.let { it != null && it > USUAL_TTL }
        name("cache_control").obj {
            name("type").value("ephemeral")
            if (isLong) name("ttl").value("1h")
        }
    }

    private fun JsonWriter.imageSource(image: ContentPart.Image) {
        name("source").obj {
            if (image.url !=
                null
            ) {
                urlSource(image)
            } else {
                bytesSource(image, image.mediaType.orEmpty())
            }
        }
    }

    private fun JsonWriter.document(document: ContentPart.Document) {
        val type = document.mediaType.orEmpty()
        name("source").obj {
            when {
                document.url != null -> urlSource(document)

                type == PDF -> bytesSource(document, PDF)

                type.startsWith("text/") -> {
                    name("type").value("text")
                    name("media_type").value("text/plain")
                    name("data").value(String(Base64.getDecoder().decode(document.base64()), Charsets.UTF_8))
                }

                else -> refuse("it takes documents in PDF and in text, not in '$type'")
            }
        }
        document.name?.let { name("title").value(it) }
    }

    private fun JsonWriter.urlSource(media: ContentPart.Media) {
        name("type").value("url")
        name("url").value(media.url.orEmpty())
    }

    private fun JsonWriter.bytesSource(media: ContentPart.Media, type: String) {
        name("type").value("base64")
        name("media_type").value(type)
        name("data").value(media.base64().orEmpty())
    }

    private fun JsonWriter.thinking(text: String, seal: Seal) {
        obj {
            if (seal.isRedacted) {
                name("type").value("redacted_thinking")
                name("data").value(seal.value.orEmpty())
            } else {
                name("type").value("thinking")
                name("thinking").value(text)
                seal.value?.let { name("signature").value(it) }
            }
        }
    }

    private fun JsonWriter.toolUse(call: ToolCall, cache: CacheControl?) = block("tool_use", cache) {
        name("id").value(idOf(call.id))
        name("name").value(call.name)
        name("input").raw(objectOrEmpty(call.arguments))
    }

    /** The API refuses an id with other characters, which those of calls from elsewhere may have: `functions.f:0`. */
    private fun idOf(call: String): String = FOREIGN.replace(call, "_")

    /** The API takes an object, where the model may have written anything. */
    private fun objectOrEmpty(arguments: String): String = try {
        (Json.parseToJsonElement(arguments) as? JsonObject)?.toString() ?: "{}"
    } catch (_: SerializationException) {
        "{}"
    }

    private fun refuseMedia(message: Message) {
        if (message.content.any { it is ContentPart.Media }) {
            refuse("images and documents stand in the user's messages, not in those of ${message.role}")
        }
    }

    private companion object {
        val USUAL_TTL: Duration = Duration.ofMinutes(5)
        val FOREIGN = Regex("[^a-zA-Z0-9_-]")
        const val PDF = "application/pdf"
    }
}
