package dev.muster.test

import dev.muster.chat.ChatEvent
import dev.muster.chat.ChatRequest
import dev.muster.chat.ChatResponse
import dev.muster.chat.FinishReason
import dev.muster.chat.ModelId
import dev.muster.chat.Role
import dev.muster.error.LlmException
import dev.muster.model.ChatModel
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.util.function.Function
import java.util.function.Predicate
import kotlin.time.toKotlinDuration

/**
 * A model for tests that returns scripted replies without a network, and remembers its requests. Thread-safe.
 *
 * ```java
 * ScriptedModel model = ScriptedModel.create("test::model").reply("4").reply(ScriptedReply.hang());
 * try (Muster muster = Muster.builder().model(model).build()) {
 *   assertEquals("4", muster.agent("test::model").build().ask("2+2?").execute());
 *   assertEquals(List.of("2+2?"), model.prompts());
 * }
 * ```
 *
 * In a client, the client's validation, timeouts and retries apply to it as to any model; each attempt uses one reply.
 * In Kotlin you can also use it without a client: `ChatAgent.builder(model)`. Delays use the clock of the coroutine:
 * under `runTest`, or with a [TestClock], they take no real time.
 *
 * A request gets the reply of the newest [on] rule that matches it, else the next reply of [reply], else the reply of
 * [otherwise]. If there is none, the call fails with an [AssertionError], and so does [verify]. Conditions and scripts
 * may block, wait for one another and call this model. They run in the coroutine of the call.
 */
public class ScriptedModel private constructor(override val id: ModelId) : ChatModel {
    private class Rule(val matches: Predicate<ChatRequest>, val reply: Function<ChatRequest, ScriptedReply>)

    private val lock = Any()
    private val rules = ArrayList<Rule>()
    private val queue = ArrayDeque<ScriptedReply>()
    private val asked = ArrayList<ChatRequest>()
    private val unanswered = ArrayList<String>()
    private var otherwise: Function<ChatRequest, ScriptedReply>? = null
    private var running = 0
    private var peak = 0
    private var left = 0

    /** Adds [replies] to the queue. Each request takes one, in order. */
    public fun reply(vararg replies: ScriptedReply): ScriptedModel = apply { synchronized(lock) { queue += replies } }

    /** Adds a reply with [text] to the queue. */
    public fun reply(text: String): ScriptedModel = reply(ScriptedReply.text(text))

    /** Adds a rule: every request that [condition] accepts gets [reply]. The newest matching rule wins. */
    public fun on(condition: Predicate<ChatRequest>, reply: ScriptedReply): ScriptedModel = on(condition) { reply }

    /** Adds a rule: [script] creates the reply to every request that [condition] accepts. The newest rule wins. */
    public fun on(condition: Predicate<ChatRequest>, script: Function<ChatRequest, ScriptedReply>): ScriptedModel =
        apply { synchronized(lock) { rules.add(0, Rule(condition, script)) } }

    /** Adds a rule: every request whose last user message contains [part] gets [reply]. */
    public fun onPromptContaining(part: String, reply: ScriptedReply): ScriptedModel =
        on({ part in promptOf(it) }, reply)

    /** Sets the reply to requests that have no other reply. */
    public fun otherwise(reply: ScriptedReply): ScriptedModel = otherwise { reply }

    /** Sets the script that creates the reply to requests that have no other reply. */
    public fun otherwise(script: Function<ChatRequest, ScriptedReply>): ScriptedModel =
        apply { synchronized(lock) { otherwise = script } }

    /** The requests so far, in order. */
    @get:JvmName("requests")
    public val requests: List<ChatRequest> get() = synchronized(lock) { asked.toList() }

    /** The text of the last user message of each request. */
    @get:JvmName("prompts")
    public val prompts: List<String> get() = requests.map(::promptOf)

    /** The number of requests whose response is not complete yet. */
    @get:JvmName("inFlight")
    public val inFlight: Int get() = synchronized(lock) { running }

    /** The highest value of [inFlight] so far. */
    @get:JvmName("peakInFlight")
    public val peakInFlight: Int get() = synchronized(lock) { peak }

    /** The number of requests that were cancelled, or left by their collector, before the reply was complete. */
    @get:JvmName("cancelled")
    public val cancelled: Int get() = synchronized(lock) { left }

    /** Throws an [AssertionError] if replies of [reply] are unused, or if a request had no reply. */
    public fun verify() {
        val faults = synchronized(lock) {
            val unused = queue.size
            val left = "$id: $unused replies were not used: the model got ${asked.size} requests"
            unanswered + listOfNotNull(left.takeIf { unused > 0 })
        }
        if (faults.isNotEmpty()) throw AssertionError(faults.joinToString("\n"))
    }

    override suspend fun chat(request: ChatRequest): ChatResponse = answering(request) {
        delay(it.reply.delay.toKotlinDuration())
        end(it.reply)
        response(it.reply)
    }

    override fun stream(request: ChatRequest): Flow<ChatEvent> = flow {
        answering(request) {
            val reply = it.reply
            delay(reply.delay.toKotlinDuration())
            reply.reasoning?.let { emit(ChatEvent.ReasoningDelta(it)) }
            reply.pieces.forEachIndexed { index, piece ->
                if (index > 0) delay(reply.pieceDelay.toKotlinDuration())
                if (piece.isNotEmpty()) emit(ChatEvent.TextDelta(piece))
            }
            end(reply)
            it.isWhole = true
            emit(ChatEvent.Finished(response(reply)))
        }
    }

    private class Answer(val reply: ScriptedReply.Spec) {
        var isWhole = false
    }

    private inline fun <T> answering(request: ChatRequest, block: (Answer) -> T): T {
        val number = begin(request)
        var answer: Answer? = null
        var isOver = false
        try {
            answer = Answer(next(request, number).spec)
            return block(answer).also { isOver = true }
        } catch (e: LlmException) {
            isOver = e === answer?.reply?.failure
            throw e
        } finally {
            val isLeft = answer != null && !isOver && !answer.isWhole
            synchronized(lock) {
                running--
                if (isLeft) left++
            }
        }
    }

    private fun begin(request: ChatRequest): Int = synchronized(lock) {
        asked += request
        running++
        peak = maxOf(peak, running)
        asked.size
    }

    /** Conditions and scripts are user code: they must not run under the lock. */
    private fun next(request: ChatRequest, number: Int): ScriptedReply {
        val known = synchronized(lock) { rules.toList() }
        known.firstOrNull { it.matches.test(request) }?.let { return it.reply.apply(request) }
        val (queued, rest) = synchronized(lock) { queue.removeFirstOrNull() to otherwise }
        return queued ?: rest?.apply(request) ?: throw AssertionError(fault(request, number))
    }

    private fun fault(request: ChatRequest, number: Int): String = synchronized(lock) {
        "$id has no reply for request $number: '${promptOf(request)}'".also { unanswered += it }
    }

    private suspend fun end(reply: ScriptedReply.Spec) {
        reply.failure?.let { throw it }
        if (reply.isEndless) awaitCancellation()
    }

    private fun response(reply: ScriptedReply.Spec): ChatResponse = ChatResponse
        .builder()
        .text(reply.pieces.joinToString(""))
        .reasoning(reply.reasoning)
        .toolCalls(reply.toolCalls)
        .usage(reply.usage)
        .model(id.model)
        .provider(id.provider)
        .finish(reply.finishReason ?: usual(reply), null)
        .build()

    private fun usual(reply: ScriptedReply.Spec) =
        if (reply.toolCalls.isEmpty()) FinishReason.STOP else FinishReason.TOOL_CALLS

    private fun promptOf(request: ChatRequest) = request.messages.lastOrNull { it.role == Role.USER }?.text.orEmpty()

    override fun toString(): String = "ScriptedModel($id)"

    /** Creates models. */
    public companion object {
        /**
         * Creates a model without replies and with the id [id], in the format `provider::model`. Use the id of a real
         * model to replace that model.
         *
         * @throws IllegalArgumentException if [id] is not a model id
         */
        @JvmStatic
        public fun create(id: String): ScriptedModel {
            val provider = id.substringBefore("::", "")
            require(provider.isNotBlank()) { "'$id' is not a valid model id: use provider::model" }
            return ScriptedModel(ModelId.of(provider, id.substringAfter("::")))
        }
    }
}
