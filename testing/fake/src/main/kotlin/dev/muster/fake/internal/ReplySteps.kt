package dev.muster.fake.internal

import dev.muster.fake.internal.net.HttpStatus
import dev.muster.fake.internal.wire.Answer
import dev.muster.fake.internal.wire.AnswerUsage
import dev.muster.fake.internal.wire.ApiFormat
import dev.muster.fake.internal.wire.Asked
import dev.muster.fake.internal.wire.EmbeddingFormat
import dev.muster.fake.internal.wire.Frame
import dev.muster.fake.internal.wire.FrameKind
import dev.muster.fake.internal.wire.Memory
import dev.muster.fake.internal.wire.Style
import dev.muster.fake.internal.wire.vectorOf
import dev.muster.fake.internal.wire.words

/** One step of a reply. The runner executes the steps in order. */
internal sealed interface Step {
    /** Sends bytes. [mark] is recorded when the socket has taken them. */
    class Send(val bytes: ByteArray, val mark: Mark = Mark.NONE) : Step

    class Wait(val nanos: Long) : Step

    class Gate(val name: String) : Step

    class HoldUntil(val target: Int) : Step

    /** Sends nothing more and keeps the connection open. */
    object Silence : Step

    /** Closes the connection with RST or FIN. The reply ends incomplete. */
    class Cut(val reset: Boolean) : Step

    /** The reply is complete. */
    class Done(val after: After) : Step
}

internal enum class Mark { NONE, TOKEN }

/** What happens to the connection when the reply is complete. */
internal enum class After { KEEP, CLOSE, LEAVE_OPEN }

/** Server-wide defaults for a reply. */
internal class Defaults(val latency: Long, val tokenDelay: Long)

/** Converts a script's reply into steps, lazily: an endless reply is an endless iterator. */
internal class ReplySteps(
    private val format: ApiFormat,
    private val asked: Asked,
    private val spec: ReplySpec,
    private val serial: Int,
    private val defaults: Defaults,
    private val memory: Memory,
    keepAlive: Boolean,
) {
    private val head = ResponseHead(format, spec, serial, keepAlive && !spec.closeConnection)
    private val style = Style(if (spec.crlf) "\r\n" else "\n", !spec.noSpaceAfterColon)
    private val tokenDelay = spec.tokenDelay ?: defaults.tokenDelay

    fun steps(): Iterator<Step> = iterator {
        yield(Step.HoldUntil(spec.holdUntil))
        spec.hold?.let { yield(Step.Gate(it)) }
        val delay = spec.delay ?: defaults.latency
        if (delay > 0) yield(Step.Wait(delay))
        when (val content = spec.content) {
            is Content.Hang -> yield(Step.Silence)

            is Content.NoReply -> yield(Step.Cut(content.reset))

            is Content.Status -> {
                val error = format.error(content.status, content.code, content.message)
                whole(content.status, JSON, error.toString())
            }

            is Content.Raw -> whole(content.status, content.contentType, content.body)

            else -> {
                val misfit = misfit(content)
                when {
                    misfit != null -> whole(HttpStatus.SERVER_ERROR, JSON, misfit.toString())
                    asked.stream -> stream(answer(content))
                    else -> answerWhole(content)
                }
            }
        }
    }

    /** The error body if [content] does not fit the request. */
    private fun misfit(content: Content) = when {
        content is Content.Embeddings && asked.inputs == null -> "Embeddings are not a valid reply to a chat request."

        content is Content.Endless && !asked.stream && asked.maxTokens == null ->
            "An endless reply needs a stream or a token limit."

        else -> null
    }?.let { format.error(HttpStatus.SERVER_ERROR, "fake_script_failed", it) }

    private suspend fun SequenceScope<Step>.answerWhole(content: Content) {
        val answer = answer(content)
        val ending = spec.ending
        val body =
            when {
                ending is Ending.Error -> format.failed(asked, answer, ending.code, ending.message)

                asked.inputs != null && format is EmbeddingFormat ->
                    format.embeddings(asked, answer, vectors(content, asked.inputs)).toString()

                else -> format.whole(asked, answer).toString()
            }
        whole(HttpStatus.OK, JSON, body)
    }

    private fun vectors(content: Content, inputs: List<String>): List<FloatArray> =
        if (content is Content.Embeddings) content.vectors else inputs.map { vectorOf(it, asked.dimensions) }

    private suspend fun SequenceScope<Step>.whole(status: Int, type: String, text: String) {
        val body = text.toByteArray()
        yield(Step.Send(head.sized(status, type, body.size)))
        if (spec.delayAfterHeaders > 0) yield(Step.Wait(spec.delayAfterHeaders))
        // A whole body has no tokens to count: an ending after some tokens takes effect in the middle of the body,
        // and for 0 tokens before it.
        when (val ending = spec.ending) {
            is Ending.Cut -> {
                yield(Step.Send(part(body, ending.tokens > 0 || ending.insideEvent)))
                yield(Step.Cut(ending.reset))
            }

            is Ending.Stall -> {
                yield(Step.Send(part(body, ending.tokens > 0)))
                yield(Step.Silence)
            }

            else -> {
                yield(Step.Send(body))
                yield(Step.Done(head.after))
            }
        }
    }

    private fun part(body: ByteArray, half: Boolean) = if (half) body.copyOf(body.size / 2) else ByteArray(0)

    private suspend fun SequenceScope<Step>.stream(answer: Answer) {
        yield(Step.Send(head.chunked(HttpStatus.OK, format.framing.contentType)))
        if (spec.delayAfterHeaders > 0) yield(Step.Wait(spec.delayAfterHeaders))
        repeat(spec.comments) { send(format.framing.comment(style)) }
        var tokens = 0
        for (frame in format.frames(asked, answer)) {
            // An ending applies when its tokens have been sent, or when there are no more tokens.
            val out = if (frame.kind == FrameKind.FINISH) Int.MAX_VALUE else tokens
            if (frame.kind > FrameKind.OPEN && endsAt(out)) return finish(frame)
            if (frame.kind == FrameKind.TOKEN || frame.kind == FrameKind.FINISH) {
                spec.gates[tokens + 1]?.let { yield(Step.Gate(it)) }
            }
            if (frame.kind == FrameKind.TOKEN && tokens++ > 0 && tokenDelay > 0) yield(Step.Wait(tokenDelay))
            send(frame)
        }
        if (spec.ending is Ending.StayOpen) return yield(Step.Done(After.LEAVE_OPEN))
        yield(Step.Send(LAST_CHUNK))
        yield(Step.Done(head.after))
    }

    private fun wanted(kind: FrameKind): Boolean = when (kind) {
        FrameKind.OPEN, FrameKind.TOKEN -> true
        FrameKind.FINISH, FrameKind.TAIL -> spec.ending !is Ending.NoEnd
        FrameKind.MARKER -> spec.ending !is Ending.NoEnd && spec.ending !is Ending.NoMarker
    }

    private fun endsAt(tokens: Int): Boolean = when (val ending = spec.ending) {
        is Ending.Stall -> ending.tokens <= tokens
        is Ending.Cut -> ending.tokens <= tokens
        is Ending.Error -> ending.tokens <= tokens
        else -> false
    }

    private suspend fun SequenceScope<Step>.finish(next: Frame) {
        when (val ending = spec.ending) {
            is Ending.Cut -> {
                if (ending.insideEvent) {
                    val text = format.framing.bytes(next, style)
                    send(text.substring(0, text.length / 2))
                }
                yield(Step.Cut(ending.reset))
            }

            is Ending.Error -> {
                send(format.framing.bytes(format.errorFrame(ending.code, ending.message), style))
                yield(Step.Send(LAST_CHUNK))
                yield(Step.Done(head.after))
            }

            else -> yield(Step.Silence)
        }
    }

    private suspend fun SequenceScope<Step>.send(frame: Frame) {
        if (!wanted(frame.kind)) return
        send(format.framing.bytes(frame, style), if (frame.kind == FrameKind.TOKEN) Mark.TOKEN else Mark.NONE)
    }

    private suspend fun SequenceScope<Step>.send(text: String, mark: Mark = Mark.NONE) {
        val data = text.toByteArray()
        val size = Integer.toHexString(data.size).toByteArray(Charsets.ISO_8859_1)
        yield(Step.Send(size + CRLF + data + CRLF, mark))
    }

    private fun answer(content: Content): Answer {
        val pieces = pieces(content)
        val limit = asked.maxTokens.takeIf { spec.honourMaxTokens && content !is Content.Tokens }
        val cut = limit != null && (pieces == null || pieces.size > limit)
        val tokens =
            when {
                pieces != null -> (if (cut) pieces.take(limit) else pieces).asSequence()

                // With a seed, so that it can be iterated again: some API formats repeat the text at the end.
                else -> generateSequence((content as Content.Endless).token) { it }.let {
                    if (limit != null) it.take(limit) else it
                }
            }
        val reasoning = words(spec.reasoning.orEmpty())
        val answer = Answer(
            serial = serial,
            model = spec.model ?: asked.model,
            reasoning = reasoning,
            encryptedReasoning = spec.encryptedReasoning,
            blocks = spec.blocks,
            tokens = tokens,
            refusal = words(spec.refusal.orEmpty()),
            toolCalls = spec.toolCalls,
            finishReason = spec.finishReason ?: finishReason(cut),
            usage = usage(if (cut) limit else pieces?.size ?: 0, reasoning.size),
            extraFields = spec.extraFields,
        )
        if (answer.toolCalls.isNotEmpty()) memory.remember(answer.toolCalls.map { it.id }, format.kept(answer))
        return answer
    }

    private fun pieces(content: Content): List<String>? = when (content) {
        is Content.Text -> words(content.text)
        is Content.Tokens -> content.tokens
        is Content.Embeddings -> emptyList()
        else -> null
    }

    private fun finishReason(cut: Boolean) = when {
        cut -> "length"
        spec.toolCalls.isNotEmpty() -> format.toolCallFinish
        else -> "stop"
    }

    private fun usage(completion: Int, reasoning: Int): AnswerUsage? = when (val given = spec.usage) {
        is UsageSpec.None -> null

        is UsageSpec.Given -> given.usage.withCacheCreation(spec.cacheCreation)

        is UsageSpec.Counted -> {
            val output = completion + reasoning + spec.toolCalls.size
            AnswerUsage(asked.words, output, 0, reasoning, spec.cacheCreation)
        }
    }

    private companion object {
        private const val JSON = "application/json"
        private val CRLF = "\r\n".toByteArray(Charsets.ISO_8859_1)
        private val LAST_CHUNK = "0\r\n\r\n".toByteArray(Charsets.ISO_8859_1)
    }
}
