package dev.muster.test.internal

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.core.util.DefaultIndenter
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.SerializationFeature
import com.fasterxml.jackson.databind.node.JsonNodeFactory
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.databind.node.TextNode
import java.nio.file.FileAlreadyExistsException
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardOpenOption
import java.security.MessageDigest
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** A request without secrets. The [body] is a JSON object or list; any other body is kept as text. */
internal class RecordedRequest(
    val method: String,
    val path: String,
    val query: String?,
    val headers: Map<String, String>,
    val body: JsonNode,
) {
    val target: String get() = "$method $path${query?.let { "?$it" }.orEmpty()}"

    /**
     * The file name without its number: `chat-completions-1a2b3c4d`. It depends only on the request. So calls that run
     * at the same time get the same files in the next recording, and a new call does not rename other files.
     */
    val name: String get() {
        val words = path.lowercase().replace(Regex("[^a-z0-9]+"), "-").trim('-').takeLast(LONGEST).trim('-')
        val asked = "$target\n${RecordedExchange.sorted(body)}".encodeToByteArray()
        val digest = MessageDigest.getInstance("SHA-256").digest(asked)
        return words.ifEmpty { "root" } + "-" + digest.take(BYTES).joinToString("") { "%02x".format(it) }
    }

    private companion object {
        const val LONGEST = 60
        const val BYTES = 4
    }
}

/** How a response ended. */
internal enum class End {
    /** With a complete body. */
    COMPLETE,

    /** The server cut the connection. */
    CUT,

    /** The client disconnected. */
    LEFT,
}

/** A response. The [pieces] of a stream are its events; any other response is one piece. */
internal class RecordedResponse(
    /** Null if the client left before there was a response. */
    val status: Int?,
    val headers: Map<String, String>,
    val pieces: List<String>,
    val isStream: Boolean,
    val end: End,
)

internal class RecordedExchange(
    val request: RecordedRequest,
    val response: RecordedResponse,
    /** The name of the file that it was read from. */
    val file: String = "",
) {
    /**
     * Writes the file with the number [number], or with the next number that is free: two recorders may write to the
     * same directory at the same time.
     */
    fun write(directory: Path, number: Int) {
        val text = text()
        generateSequence(number) { it + 1 }.first { create(directory.resolve("${request.name}-$it.json"), text) }
    }

    private fun create(file: Path, text: String): Boolean = try {
        file.writeText(text, options = arrayOf(StandardOpenOption.CREATE_NEW))
        true
    } catch (_: FileAlreadyExistsException) {
        false
    }

    private fun text(): String {
        val node = JSON.createObjectNode()
        node.putObject("request").apply {
            put("method", request.method)
            put("path", request.path)
            request.query?.let { put("query", it) }
            putHeaders(request.headers)
            set<JsonNode>("body", request.body)
        }
        node.putObject("response").apply {
            response.status?.let { put("status", it) }
            putHeaders(response.headers)
            if (response.isStream) {
                putArray("stream").apply { response.pieces.forEach(::add) }
            } else {
                set<JsonNode>("body", json(response.pieces.joinToString("")))
            }
            put("end", response.end.name.lowercase())
        }
        return JSON.writer(PRINTER).writeValueAsString(node) + "\n"
    }

    private fun ObjectNode.putHeaders(headers: Map<String, String>) {
        putObject("headers").apply { headers.forEach { (name, value) -> put(name, value) } }
    }

    companion object {
        private val JSON =
            ObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)

        // Fixed line ends, so that the files are the same on every system.
        private val LINES = DefaultIndenter("  ", "\n")
        private val PRINTER =
            DefaultPrettyPrinter().apply {
                indentObjectsWith(LINES)
                indentArraysWith(LINES)
            }
        private val NUMBERED = Regex("(.*-)(\\d+)\\.json")

        /** Parses [text] if it is a JSON object or list. Any other text, also another JSON value, stays text. */
        fun json(text: String): JsonNode {
            if (text.isEmpty()) return JsonNodeFactory.instance.nullNode()
            return try {
                JSON.readTree(text).takeIf { it.isContainerNode } ?: TextNode(text)
            } catch (_: JsonProcessingException) {
                TextNode(text)
            }
        }

        /** Returns [body] as text with sorted members, so that their order does not matter. */
        fun sorted(body: JsonNode): String = JSON.writeValueAsString(JSON.treeToValue(body, Any::class.java))

        /** Returns the recordings in [directory], sorted by request and number. */
        fun files(directory: Path): List<Path> = if (directory.isDirectory()) {
            val files = directory.listDirectoryEntries("*.json").filter { Files.isRegularFile(it) }
            files.sortedWith(compareBy({ request(it) }, { number(it) }))
        } else {
            emptyList()
        }

        private fun request(file: Path) = NUMBERED.matchEntire(file.name)?.groupValues?.get(1) ?: file.name

        private fun number(file: Path) = NUMBERED.matchEntire(file.name)?.groupValues?.get(2)?.toIntOrNull() ?: 0

        fun read(file: Path): RecordedExchange {
            val node =
                try {
                    JSON.readTree(file.readText())
                } catch (e: JsonProcessingException) {
                    throw IllegalArgumentException("$file is not a valid recording: it is not JSON", e)
                }
            val request = node.path("request")
            val response = node.path("response")
            require(request.isObject && response.isObject) {
                "$file is not a valid recording: it must have a request and a response"
            }
            val end = End.entries.find { it.name.lowercase() == response.path("end").asText() }
            requireNotNull(end) { "$file is not a valid recording: its response has no end (complete, cut or left)" }
            val status = response.get("status")?.takeIf { it.isInt }?.intValue()
            require(status != null || end == End.LEFT) { "$file is not a valid recording: its response has no status" }
            return RecordedExchange(
                RecordedRequest(
                    request.path("method").asText(),
                    request.path("path").asText(),
                    request.get("query")?.asText(),
                    headers(request),
                    request.path("body"),
                ),
                RecordedResponse(
                    status,
                    headers(response),
                    response.get("stream")?.map { it.asText() } ?: listOf(textOf(response.path("body"))),
                    response.has("stream"),
                    end,
                ),
                file.name,
            )
        }

        private fun headers(node: JsonNode) =
            node.path("headers").properties().associate { it.key to it.value.asText() }

        private fun textOf(body: JsonNode): String = when {
            body.isMissingNode || body.isNull -> ""
            body.isTextual -> body.textValue()
            else -> body.toString()
        }
    }
}
