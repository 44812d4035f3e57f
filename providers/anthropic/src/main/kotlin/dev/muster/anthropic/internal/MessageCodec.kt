package dev.muster.anthropic.internal

import dev.muster.chat.CacheControl
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.Role
import dev.muster.chat.ToolCall
import dev.muster.error.InvalidRequestException
import dev.muster.http.codec.Fields
import dev.muster.http.codec.JsonWriter
import kotlinx.serialization.SerializationException
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import java.time.Duration
import java.util.Base64

/** Writes a conversation. Calls [refuse] for anything that the API does not support. */
internal class MessageCodec(private val refuse: (why: String) -> Nothing) {
    /** Whether the message goes to the top of the request. The API refuses empty text there. */
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

    /**
     * All results of one round of tool calls must be in one user message, directly after the message with the calls.
     * The responses before and after a pause are merged into one assistant message.
     */
    fun JsonWriter.turns(messages: List<Message>) {
        val last = messages.lastOrNull()
        val abandoned = abandonedIn(messages)
        runsOf(messages).forEach { run ->
            when (run.first().role) {
                Role.TOOL -> toolResults(run)
                Role.USER -> run.forEach { said(it) }
                else -> answered(run, abandoned, isPrefill = run.last() === last)
            }
        }
    }

    /** Groups consecutive messages of the same role. */
    private fun runsOf(messages: List<Message>): List<List<Message>> = messages
        .fold(ArrayList<ArrayList<Message>>()) { runs, message ->
            val run = runs.lastOrNull()?.takeIf { it.last().role == message.role }
            if (run == null) runs += arrayListOf(message) else run += message
            runs
        }

    private fun JsonWriter.toolResults(results: List<Message>) {
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
                            else -> refuseUnknown(part)
                        }
                    }
                }
            }
        }
    }

    /** Puts the cache mark on the last block that accepts one. Thinking blocks do not. */
    private fun JsonWriter.answered(messages: List<Message>, abandoned: Set<ContentPart.Opaque>, isPrefill: Boolean) {
        messages.forEach { refuseMedia(it) }
        val said = messages.map { piecesOf(it, abandoned) }
        val pieces = if (isPrefill) said.dropLast(1).plusElement(withoutBlanksAtEnd(said.last())) else said
        val only = pieces.flatten().singleOrNull()
        when {
            // The message contains only parts of another provider.
            pieces.all { it.isEmpty() } -> Unit

            only is Piece.Said && messages.all { it.cacheControl == null } -> turn("assistant") { value(only.text) }

            else -> turn("assistant") {
                array { pieces.zip(messages).forEach { (blocks, message) -> blocks(blocks, message.cacheControl) } }
            }
        }
    }

    private fun JsonWriter.blocks(pieces: List<Piece>, cache: CacheControl?) {
        val marked = if (cache == null) -1 else pieces.indexOfLast { it !is Piece.Thought }
        pieces.forEachIndexed { at, piece ->
            val mark = cache.takeIf { at == marked }
            when (piece) {
                is Piece.Said -> textBlock(piece.text, mark)
                is Piece.Called -> toolUse(piece.call, mark)
                is Piece.Thought -> thinking(piece.text, piece.seal)
                is Piece.Opaque -> opaque(piece.json, mark)
            }
        }
    }

    /** Writes the block unchanged, except for the cache mark. */
    private fun JsonWriter.opaque(json: String, cache: CacheControl?) {
        val block = if (cache == null) null else objectIn(json)
        raw(if (block == null || cache == null) json else marked(block, cache))
    }

    private fun marked(block: JsonObject, cache: CacheControl): String {
        val mark = JsonObject(markOf(cache).mapValues { JsonPrimitive(it.value) })
        return JsonObject(block + (CACHE_CONTROL to mark)).toString()
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
        if (control != null) name(CACHE_CONTROL).any(markOf(control))
    }

    private fun markOf(control: CacheControl): Map<String, String> {
        val isLong = control.ttl.let { it != null && it > USUAL_TTL }
        return mapOf("type" to "ephemeral") + (if (isLong) mapOf("ttl" to "1h") else emptyMap())
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
                    name("data").value(String(Base64.getDecoder().decode(document.base64), Charsets.UTF_8))
                }

                else -> refuse("documents must be PDF or text, not '$type'")
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
        name("data").value(media.base64.orEmpty())
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
        // The name may come from another provider or be invented by a model, so it was not checked.
        name("name").value(TOOL_NAMES.sent(call.name))
        name("input").raw(Fields.objectOrEmpty(call.arguments))
    }

    /** The API refuses ids with other characters, which calls of other providers may have: `functions.f:0`. */
    private fun idOf(call: String): String = FOREIGN.replace(call, "_")

    private fun refuseUnknown(part: ContentPart): Nothing = throw InvalidRequestException(
        "Anthropic does not accept a content part of type ${part.javaClass.simpleName}",
    )

    private fun refuseMedia(message: Message) {
        if (message.content.any { it is ContentPart.Media }) {
            refuse("images and documents are allowed only in user messages, not in ${message.role} messages")
        }
    }

    private companion object {
        const val CACHE_CONTROL = "cache_control"
        val USUAL_TTL: Duration = Duration.ofMinutes(5)
        val FOREIGN = Regex("[^a-zA-Z0-9_-]")
        const val PDF = "application/pdf"
    }
}
