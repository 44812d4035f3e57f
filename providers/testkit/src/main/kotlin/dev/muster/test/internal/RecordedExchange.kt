package dev.muster.test.internal

import com.fasterxml.jackson.core.JsonProcessingException
import com.fasterxml.jackson.core.util.DefaultIndenter
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.JsonNodeFactory
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.databind.node.TextNode
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.isDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** What was asked, without secrets. The body is JSON, or a text where it is none. */
internal class RecordedRequest(
    val method: String,
    val path: String,
    val query: String?,
    val headers: Map<String, String>,
    val body: JsonNode,
) {
    val target: String get() = "$method $path${query?.let { "?$it" }.orEmpty()}"
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

/** What came. A stream's [pieces] are as they came off the wire; another answer is one piece. */
internal class RecordedResponse(
    val status: Int,
    val headers: Map<String, String>,
    val pieces: List<String>,
    val isStream: Boolean,
    val end: End,
)

/** One exchange, and the file it is kept in. */
internal class RecordedExchange(val request: RecordedRequest, val response: RecordedResponse, val file: String) {
    fun write(directory: Path) {
        val node = JSON.createObjectNode()
        node.putObject("request").apply {
            put("method", request.method)
            put("path", request.path)
            request.query?.let { put("query", it) }
            putHeaders(request.headers)
            set<JsonNode>("body", request.body)
        }
        node.putObject("response").apply {
            put("status", response.status)
            putHeaders(response.headers)
            if (response.isStream) {
                putArray("stream").apply { response.pieces.forEach(::add) }
            } else {
                set<JsonNode>("body", json(response.pieces.joinToString("")))
            }
            put("end", response.end.name.lowercase())
        }
        directory.resolve(file).writeText(JSON.writer(PRINTER).writeValueAsString(node) + "\n")
    }

    private fun ObjectNode.putHeaders(headers: Map<String, String>) {
        putObject("headers").apply { headers.forEach { (name, value) -> put(name, value) } }
    }

    companion object {
        private val JSON = ObjectMapper()
        private val PRINTER =
            DefaultPrettyPrinter().apply { indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE) }

        /** [text] as JSON, or as a text where it is none. */
        fun json(text: String): JsonNode {
            if (text.isEmpty()) return JsonNodeFactory.instance.nullNode()
            return try {
                JSON.readTree(text)
            } catch (_: JsonProcessingException) {
                TextNode(text)
            }
        }

        /** The recordings in [directory], in order. */
        fun files(directory: Path): List<Path> = if (directory.isDirectory()) {
            directory.listDirectoryEntries("*.json").filter { Files.isRegularFile(it) }.sortedBy { it.name }
        } else {
            emptyList()
        }

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
            return RecordedExchange(
                RecordedRequest(
                    request.path("method").asText(),
                    request.path("path").asText(),
                    request.get("query")?.asText(),
                    headers(request),
                    request.path("body"),
                ),
                RecordedResponse(
                    response.path("status").asInt(),
                    headers(response),
                    response.get("stream")?.map { it.asText() } ?: listOf(textOf(response.path("body"))),
                    response.has("stream"),
                    End.valueOf(response.path("end").asText("complete").uppercase()),
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

        /** A name that tells what was asked: `0001-chat-completions.json`. */
        fun name(number: Int, path: String): String {
            val words = path.lowercase().replace(Regex("[^a-z0-9]+"), "-").trim('-').takeLast(LONGEST_NAME)
            return "%04d-%s.json".format(number, words.ifEmpty { "root" })
        }

        private const val LONGEST_NAME = 60
    }
}
