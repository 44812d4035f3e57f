package dev.muster.fake.internal

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.muster.fake.FakeAnswer
import dev.muster.fake.FakeFormat
import dev.muster.fake.FakeToolCall
import dev.muster.fake.internal.net.HttpRequest
import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.Answer
import dev.muster.fake.internal.wire.ApiFormat
import dev.muster.fake.internal.wire.Asked
import dev.muster.fake.internal.wire.AskedMessage
import dev.muster.fake.internal.wire.Frame
import dev.muster.fake.internal.wire.FrameKind
import dev.muster.fake.internal.wire.Framing
import dev.muster.fake.internal.wire.Paths
import dev.muster.fake.internal.wire.Route
import dev.muster.fake.internal.wire.Violation
import dev.muster.fake.internal.wire.decorated
import dev.muster.fake.internal.wire.json

/** The API format that a test describes with [format]. It has chat only. */
internal class CustomFormat(private val format: FakeFormat) : ApiFormat {
    override fun route(path: String, header: (String) -> String?): Route? =
        if (path.endsWith(format.path)) Route.CHAT else null

    // The path of the format has its version in it.
    override val paths: Paths = Paths("")

    override fun method(path: String): String = format.path

    override fun key(header: (String) -> String?): String? = header(format.keyHeader)?.removePrefix("Bearer ")?.trim()

    override val keyRequired: Boolean get() = true

    // The test's code. What it throws is reported to the test as a 400.
    @Suppress("TooGenericExceptionCaught")
    override fun violation(body: JsonNode, extra: Set<String>, request: HttpRequest): Violation? = try {
        format.read(textOf(request))
        null
    } catch (e: RuntimeException) {
        Violation(e.message ?: e.toString(), null, null)
    }

    override fun read(body: JsonNode, request: HttpRequest): Asked {
        val chat = format.read(textOf(request))
        return Asked(
            model = chat.model,
            stream = chat.stream,
            messages = chat.messages.map { AskedMessage(it.role, it.text, it.toolCallId) },
            tools = chat.tools,
            maxTokens = chat.maxTokens,
            streamUsage = true,
        )
    }

    private fun textOf(request: HttpRequest) = String(request.body, Charsets.UTF_8)

    override val toolCallFinish: String get() = "tool_calls"

    override val framing: Framing get() = if (format.jsonLines) Framing.NDJSON else Framing.SSE

    override fun whole(asked: Asked, answer: Answer): ObjectNode =
        objectOf(format.whole(FakeAnswer(answer))).decorated(answer)

    override fun frames(asked: Asked, answer: Answer): Iterator<Frame> = iterator {
        for (piece in answer.reasoning) yield(token(format.reasoningEvent(piece), answer))
        for (piece in answer.tokens) yield(token(format.textEvent(piece), answer))
        for (piece in answer.refusal) yield(token(format.textEvent(piece), answer))
        for (call in answer.toolCalls) {
            yield(token(format.toolCallEvent(FakeToolCall(call.id, call.name, call.arguments)), answer))
        }
        val end = objectOf(format.endEvent(FakeAnswer(answer))).decorated(answer)
        // The event with the finish reason is also the end marker.
        yield(Frame(FrameKind.FINISH, end.toString()))
    }

    private fun token(text: String, answer: Answer) =
        Frame(FrameKind.TOKEN, objectOf(text).decorated(answer).toString())

    override fun error(status: Int, code: String?, message: String?, param: String?): ObjectNode =
        objectOf(format.error(status, code, message ?: HttpStatus.phrase(status)))

    override fun errorFrame(code: String?, message: String?): Frame =
        Frame(FrameKind.TAIL, error(HttpStatus.SERVER_ERROR, code, message).toString())

    // No path leads here: see route.
    override fun models(names: List<String>, query: Map<String, String>): ObjectNode = json.createObjectNode()

    override fun headers(serial: Int): Map<String, String> = emptyMap()

    private fun objectOf(text: String): ObjectNode = json.readTree(text) as? ObjectNode
        ?: error("$format must return JSON objects, returned: $text")
}
