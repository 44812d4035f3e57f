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

/** What was asked, without secrets. The body is a JSON object or list, or a text where it is none. */
internal class RecordedRequest(
    val method: String,
    val path: String,
    val query: String?,
    val headers: Map<String, String>,
    val body: JsonNode,
) {
    val target: String get() = "$method $path${query?.let { "?$it" }.orEmpty()}"

    /**
     * The name of the file without its number: `chat-completions-1a2b3c4d`. It depends on the request alone, so that
     * calls that run at the same time keep their files when all is recorded anew, and a new one renames no other.
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

/** How an answer ended. */
internal enum class End {
    /** As HTTP has it. */
    COMPLETE,

    /** The server cut the connection. */
    CUT,

    /** The client left. */
    LEFT,
}

/** What came. A stream's [pieces] are its events; another answer is one piece. */
internal class RecordedResponse(
    /** Null where the client left before there was one. */
    val status: Int?,
    val headers: Map<String, String>,
    val pieces: List<String>,
    val isStream: Boolean,
    val end: End,
)

/** One exchange. */
internal class RecordedExchange(
    val request: RecordedRequest,
    val response: RecordedResponse,
    /** The name of the file it was read from. */
    val file: String = "",
) {
    /**
     * Writes it as the [number]th with its request, or as the next for which there is no file: two recorders may write
     * to a directory at the same time.
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

        // The same on every system.
        private val LINES = DefaultIndenter("  ", "\n")
        private val PRINTER =
            DefaultPrettyPrinter().apply {
                indentObjectsWith(LINES)
                indentArraysWith(LINES)
            }
        private val NUMBERED = Regex("(.*-)(\\d+)\\.json")

        /** [text] as the JSON object or list that it is, else as a text, which another JSON value stays as well. */
        fun json(text: String): JsonNode {
            if (text.isEmpty()) return JsonNodeFactory.instance.nullNode()
            return try {
                JSON.readTree(text).takeIf { it.isContainerNode } ?: TextNode(text)
            } catch (_: JsonProcessingException) {
                TextNode(text)
            }
        }

        /** [body] as it is whatever the order of its members. */
        fun sorted(body: JsonNode): String = JSON.writeValueAsString(JSON.treeToValue(body, Any::class.java))

        /** The recordings in [directory], in order. */
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
                    throw IllegalArgumentException("$file is no recording: it is not JSON", e)
                }
            val request = node.path("request")
            val response = node.path("response")
            require(request.isObject && response.isObject) { "$file is no recording: it has no request and response" }
            val end = End.entries.find { it.name.lowercase() == response.path("end").asText() }
            requireNotNull(end) { "$file is no recording: its response has no end" }
            val status = response.get("status")?.takeIf { it.isInt }?.intValue()
            require(status != null || end == End.LEFT) { "$file is no recording: its response has no status" }
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
