package dev.muster.java.parity

import dev.muster.agent.ToolExecution
import dev.muster.chat.GenerationSettings
import dev.muster.resilience.RetryPolicy
import java.time.Duration.ZERO

/**
 * What a row runs. Data only: each runner implements it in one style, with the public API of that style.
 *
 * If an operator takes items, the call of an item is the one that `each` has for it, or else the question itself.
 */
sealed interface Op

/** Gives the text of the model's response to [prompt]. */
@JvmRecord
data class Ask(val prompt: String) : Op

/**
 * Gives the model's response to [prompt] as an object, from a Kotlin class or a Java record, both as the same [Town].
 */
@JvmRecord
data class AskTown(val prompt: String) : Op

/** Whom a [Put] asks: the row's model, an agent without tools, or the row's conversation. */
enum class Addressee { MODEL, AGENT, CONVERSATION }

/**
 * How a [Put] passes its prompt: as a text, as a user message with an image, in a request, or in a message of the
 * assistant, which is not valid.
 */
enum class Form { TEXT, MESSAGE, REQUEST, ANSWER }

/**
 * Asks [whom] in this [form]. Gives the text of the response, or a [Town] if [typed]; if [whole], gives the response
 * with it. Only models take requests.
 */
@JvmRecord
data class Put(
    val whom: Addressee,
    val form: Form,
    val prompt: String,
    val typed: Boolean = false,
    val whole: Boolean = false,
) : Op

/** Gives the vectors of [texts]. */
@JvmRecord
data class Embed(val texts: List<String>) : Op

/** Lists the models of the provider. */
data object ListModels : Op

/** A call that needs no server. */
@JvmRecord
data class Value(val value: String) : Op

/** A call that fails before it starts, with an [IllegalStateException]. */
@JvmRecord
data class Broken(val message: String) : Op

/** The function that creates the item's call throws an [IllegalArgumentException]. */
@JvmRecord
data class Unmade(val message: String) : Op

/** Gives [value] after [millis]. */
@JvmRecord
data class Timer(val millis: Long, val value: String) : Op

/** Blocking user code. With a null [value] it never ends by itself, and reports when it is interrupted. */
@JvmRecord
data class Tool(val value: String?) : Op

/**
 * A call to a provider that never responds and that fails with a [dev.muster.error.NetworkException] when cancelled.
 */
data object Stubborn : Op

/**
 * Gives an agent's whole response to [prompt]. The agent has a tool for each of [tools], which takes `{"n": integer}`
 * or nothing and gives the result of its operation.
 */
@JvmRecord
data class AskAgent(val prompt: String, val tools: Map<String, Op>, val how: AgentSettings) : Op

/**
 * Gives the response of an agent with [tools] to [prompt] as an object, with the whole response; see [AskAgent],
 * [AskTown].
 */
@JvmRecord
data class AskAgentTown(val prompt: String, val tools: Map<String, Op>) : Op

/** Like [AskAgentTown], for a list: a generic type, which a class alone cannot express. */
@JvmRecord
data class AskAgentTowns(val prompt: String, val tools: Map<String, Op>) : Op

/** Gives the text of the response to [prompt] of an agent with the settings [ofAgent], for a call with [ofCall]. */
@JvmRecord
data class AskWith(val prompt: String, val ofAgent: GenerationSettings, val ofCall: GenerationSettings) : Op

/** Gives the text of the response to a request with the settings [ofRequest] of a model with [ofModel]. */
@JvmRecord
data class RequestWith(val prompt: String, val ofModel: GenerationSettings, val ofRequest: GenerationSettings) : Op

/** One of the tools of an [AskAgent]: another agent, without tools. */
data object Expert : Op

/** Gives the text that an executor of this [kind] returns for [prompt]. */
@JvmRecord
data class Execute(val kind: Kind, val prompt: String) : Op

/**
 * What an executor asks: a model, an agent with a tool `a` that gives `A`, or nobody: it returns the prompt in
 * capitals.
 */
enum class Kind { MODEL, AGENT, NOBODY }

/** A turn of the row's only conversation: gives the text of the response to [prompt]. */
@JvmRecord
data class Turn(val prompt: String) : Op

/** Gives the texts in the history of the row's conversation. */
data object Remembered : Op

/** Runs [calls] one after the other and gives their values. */
@JvmRecord
data class InOrder(val calls: List<Op>) : Op

/** The settings of the agent of an [AskAgent]. */
@JvmRecord
data class AgentSettings(val execution: ToolExecution, val maxRounds: Int, val toolTimeoutMillis: Long?)

/** Runs [first], then asks [next] with the value in place of `{}`. */
@JvmRecord
data class Then(val first: Op, val next: String) : Op

/** Gives [into] with the value of [call] in place of `{}`. */
@JvmRecord
data class Mapped(val call: Op, val into: String) : Op

/** Gives [value] if [call] fails with a [type]. */
@JvmRecord
data class Recover(val call: Op, val type: Class<out Exception>, val value: String) : Op

/** Runs [next] if [call] fails with a [type]. */
@JvmRecord
data class RecoverWith(val call: Op, val type: Class<out Exception>, val next: Op) : Op

/** Runs [calls] one after the other until one succeeds. */
@JvmRecord
data class Fallback(val calls: List<Op>) : Op

/**
 * Runs [call], and a copy of it after [millis] or after a retryable failure, for at most an [extra] share of the calls.
 */
@JvmRecord
data class Hedged(val call: Op, val millis: Long, val extra: Double) : Op

/** Runs [call] with retries according to [policy]. */
@JvmRecord
data class Again(val call: Op, val policy: RetryPolicy) : Op

/** Runs [call] once for all places of a row that contain it. */
@JvmRecord
data class Shared(val call: Op) : Op

/** Runs [call] through a future that the program waits for, like a future of another library. */
@JvmRecord
data class Future(val call: Op) : Op

/** Runs [call] with a deadline of [millis]. */
@JvmRecord
data class Deadline(val call: Op, val millis: Long) : Op

/** Gives [call] a label, which matters if it is one of [Many]. */
@JvmRecord
data class Labelled(val label: String, val call: Op) : Op

/** Several calls at once. */
@JvmRecord
data class Many(val operator: Operator, val calls: List<Op>) : Op

enum class Operator { GATHER, SETTLED, RACE, SELECT }

/** Several calls at once, one for each item. */
@JvmRecord
data class ManyItems(val operator: Operator, val items: List<String>, val each: Map<String, Op>) : Op

/**
 * A batch. With [metadata], each result has the length of its item. With [tells], the start and the result of each item
 * are reported as progress, too.
 */
@JvmRecord
data class InBatch(
    val items: List<String>,
    val concurrency: Int,
    val failFast: Boolean,
    val ids: Map<String, String>,
    val metadata: Boolean,
    val tells: Boolean,
    val each: Map<String, Op>,
) : Op

/** An operation with many values. Its result is the list of values that its consumer has taken. */
sealed interface Stream : Op

/** The first [count] values of [stream]. */
@JvmRecord
data class First(val count: Int, val stream: Stream) : Stream

/** Gives the text of the model's response to [prompt], piece by piece. */
@JvmRecord
data class Tokens(val prompt: String) : Stream

/** Like [Put]: gives the pieces of the text, or, if [typed], the events up to the response, which is a [Town]. */
@JvmRecord
data class PutStream(val whom: Addressee, val form: Form, val prompt: String, val typed: Boolean = false) : Stream

/** Gives the text of a turn of the row's conversation, piece by piece. */
@JvmRecord
data class TurnTokens(val prompt: String) : Stream

/**
 * Gives the events of an agent with default settings, up to its response, which is a [Town] if [typed]; see [AskAgent].
 */
@JvmRecord
data class AgentSteps(val prompt: String, val tools: Map<String, Op>, val typed: Boolean = false) : Stream

/** As [AskWith], piece by piece. */
@JvmRecord
data class TokensWith(val prompt: String, val ofAgent: GenerationSettings, val ofCall: GenerationSettings) : Stream

@JvmRecord
data class AsCompleted(val items: List<String>, val labels: Map<String, String>, val each: Map<String, Op>) : Stream

/**
 * Runs the items with a limit of [limit] at a time, or in groups of [limit]. A [buffer] is for an ordered window. An
 * [endless] source starts again after the
 * last item.
 */
@JvmRecord
data class Windowed(
    val kind: Window,
    val items: List<String>,
    val limit: Int,
    val buffer: Int?,
    val endless: Boolean,
    val each: Map<String, Op>,
) : Stream

enum class Window { ORDERED, UNORDERED, CHUNKED, BATCHED }

/** Passes [items] through stages, one after the other. */
@JvmRecord
data class Piped(val items: List<String>, val stages: List<Asks>) : Stream

/** A stage that asks [question] with the item in place of `{}`, for up to [concurrency] items at the same time. */
@JvmRecord
data class Asks(val concurrency: Int, val question: String, val buffer: Int? = null)

// ---- the vocabulary of the rows

fun gather(vararg prompts: String): Op = Many(Operator.GATHER, prompts.map(::Ask))

fun gather(vararg calls: Op): Op = Many(Operator.GATHER, calls.asList())

fun gatherItems(vararg items: String, each: Map<String, Op> = emptyMap()): Op =
    ManyItems(Operator.GATHER, items.asList(), each)

fun settled(vararg calls: Op): Op = Many(Operator.SETTLED, calls.asList())

fun settledItems(vararg items: String, each: Map<String, Op> = emptyMap()): Op =
    ManyItems(Operator.SETTLED, items.asList(), each)

fun agent(
    prompt: String,
    vararg tools: Pair<String, Op>,
    execution: ToolExecution = ToolExecution.CONCURRENT,
    maxRounds: Int = 10,
    toolTimeoutMillis: Long? = null,
): Op = AskAgent(prompt, linkedMapOf(*tools), AgentSettings(execution, maxRounds, toolTimeoutMillis))

fun inOrder(vararg calls: Op): Op = InOrder(calls.asList())

fun race(vararg calls: Op): Op = Many(Operator.RACE, calls.asList())

fun select(vararg calls: Op): Op = Many(Operator.SELECT, calls.asList())

fun fallback(vararg calls: Op): Op = Fallback(calls.asList())

fun hedged(call: Op, millis: Long, extra: Double = 1.0): Op = Hedged(call, millis, extra)

fun again(call: Op, retries: Int, set: RetryPolicy.Builder.() -> Unit = {}): Op =
    Again(call, RetryPolicy.builder().maxRetries(retries).firstBackoff(ZERO).maxBackoff(ZERO).apply(set).build())

fun piped(items: List<String>, vararg stages: Asks): Stream = Piped(items, stages.asList())

fun asCompleted(
    vararg items: String,
    labels: Map<String, String> = emptyMap(),
    each: Map<String, Op> = emptyMap(),
): Stream = AsCompleted(items.asList(), labels, each)

fun window(
    kind: Window,
    limit: Int,
    items: List<String>,
    buffer: Int? = null,
    endless: Boolean = false,
    each: Map<String, Op> = emptyMap(),
): Stream = Windowed(kind, items, limit, buffer, endless, each)

fun batch(
    vararg items: String,
    concurrency: Int = 8,
    failFast: Boolean = false,
    ids: Map<String, String> = emptyMap(),
    metadata: Boolean = false,
    tells: Boolean = false,
    each: Map<String, Op> = emptyMap(),
): Op = InBatch(items.asList(), concurrency, failFast, ids, metadata, tells, each)
