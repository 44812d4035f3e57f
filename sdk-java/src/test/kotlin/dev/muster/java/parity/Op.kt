package dev.muster.java.parity

import dev.muster.agent.ToolExecution
import dev.muster.resilience.RetryPolicy
import java.time.Duration.ZERO

/**
 * What a row runs. Data only: each runner gives it its meaning in one style, by the public API of that style.
 *
 * Where an operator takes items, the call of an item is the one that `each` names for it, else the question itself.
 */
sealed interface Op

/** The text of the model's answer to [prompt]. */
@JvmRecord
data class Ask(val prompt: String) : Op

/** The model's answer to [prompt] as an object: a class of Kotlin or a record of Java, which give the same [Town]. */
@JvmRecord
data class AskTown(val prompt: String) : Op

/** The vectors of [texts]. */
@JvmRecord
data class Embed(val texts: List<String>) : Op

/** The models that the provider lists. */
data object ListModels : Op

/** A call that needs no server. */
@JvmRecord
data class Value(val value: String) : Op

/** A call that has failed before it began, with an [IllegalStateException]. */
@JvmRecord
data class Broken(val message: String) : Op

/** What makes the item's call throws, before there is a call: an [IllegalArgumentException]. */
@JvmRecord
data class Unmade(val message: String) : Op

/** Gives [value] when [millis] have passed. */
@JvmRecord
data class Timer(val millis: Long, val value: String) : Op

/** The user's own blocking code. With a null [value] it never ends by itself, and says so when it is interrupted. */
@JvmRecord
data class Tool(val value: String?) : Op

/** A call of a provider that never answers, and fails with a [dev.muster.error.NetworkException] when it is cancelled. */
data object Stubborn : Op

/**
 * The whole answer of an agent to [prompt], with a tool for each of [tools], which takes `{"n": integer}` or nothing and
 * gives what its operation gives.
 */
@JvmRecord
data class AskAgent(val prompt: String, val tools: Map<String, Op>, val how: AgentSettings) : Op

/** The answer to [prompt] of an agent with [tools] as an object, and how it came about; see [AskAgent], [AskTown]. */
@JvmRecord
data class AskAgentTown(val prompt: String, val tools: Map<String, Op>) : Op

/** As [AskAgentTown], where the object is a list: generic, so that a class alone cannot say it. */
@JvmRecord
data class AskAgentTowns(val prompt: String, val tools: Map<String, Op>) : Op

/** Stands among the tools of an [AskAgent]: another agent, without tools, as one of them. */
data object Expert : Op

/** The text that an executor of this [kind] gives for [prompt]. */
@JvmRecord
data class Execute(val kind: Kind, val prompt: String) : Op

/** Whom an executor asks: a model, an agent with a tool `a` that gives `A`, or nobody: it answers in capitals. */
enum class Kind { MODEL, AGENT, NOBODY }

/** A turn of the row's one conversation: the text of the answer to [prompt]. */
@JvmRecord
data class Turn(val prompt: String) : Op

/** The texts of the history of the row's conversation. */
data object Remembered : Op

/** The values of [calls], each run when the one before it has ended. */
@JvmRecord
data class InOrder(val calls: List<Op>) : Op

/** How the agent of an [AskAgent] is made. */
@JvmRecord
data class AgentSettings(val execution: ToolExecution, val maxRounds: Int, val toolTimeoutMillis: Long?)

/** Runs [first], then asks [next] with the value in place of `{}`. */
@JvmRecord
data class Then(val first: Op, val next: String) : Op

/** The value of [call] in place of `{}` in [into]. */
@JvmRecord
data class Mapped(val call: Op, val into: String) : Op

/** [value] where [call] fails with a [type]. */
@JvmRecord
data class Recover(val call: Op, val type: Class<out Exception>, val value: String) : Op

/** [next] where [call] fails with a [type]. */
@JvmRecord
data class RecoverWith(val call: Op, val type: Class<out Exception>, val next: Op) : Op

/** The first of [calls] that succeeds, one after the other. */
@JvmRecord
data class Fallback(val calls: List<Op>) : Op

/** [call], and a copy of it after [millis] or a failure that may pass, for an [extra] share of the calls. */
@JvmRecord
data class Hedged(val call: Op, val millis: Long, val extra: Double) : Op

/** [call], run again as [policy] says. */
@JvmRecord
data class Again(val call: Op, val policy: RetryPolicy) : Op

/** [call], run once for all places in a row where it stands. */
@JvmRecord
data class Shared(val call: Op) : Op

/** [call] by a future that the program waits for, as it would for one of another library. */
@JvmRecord
data class Future(val call: Op) : Op

/** [call], all of it, within [millis]. */
@JvmRecord
data class Deadline(val call: Op, val millis: Long) : Op

/** [call] under a name, which counts where it is one of [Many]. */
@JvmRecord
data class Labelled(val label: String, val call: Op) : Op

/** Several calls at once. */
@JvmRecord
data class Many(val operator: Operator, val calls: List<Op>) : Op

enum class Operator { GATHER, SETTLED, RACE, SELECT }

/** Several calls at once, one for each item. */
@JvmRecord
data class ManyItems(val operator: Operator, val items: List<String>, val each: Map<String, Op>) : Op

/** A batch; with [metadata] each item comes back with its length. */
@JvmRecord
data class InBatch(
    val items: List<String>,
    val concurrency: Int,
    val failFast: Boolean,
    val ids: Map<String, String>,
    val metadata: Boolean,
    val each: Map<String, Op>,
) : Op

/** An operation with many values; what it gives is the list of those that its consumer has taken. */
sealed interface Stream : Op

/** The first [count] values of [stream]. */
@JvmRecord
data class First(val count: Int, val stream: Stream) : Stream

/** The text of the model's answer to [prompt], piece by piece. */
@JvmRecord
data class Tokens(val prompt: String) : Stream

/** The text of a turn of the row's conversation, piece by piece. */
@JvmRecord
data class TurnTokens(val prompt: String) : Stream

/**
 * What an agent without further settings says and does on its way to the answer, which is a [Town] where it is [typed];
 * see [AskAgent].
 */
@JvmRecord
data class AgentSteps(val prompt: String, val tools: Map<String, Op>, val typed: Boolean = false) : Stream

@JvmRecord
data class AsCompleted(val items: List<String>, val labels: Map<String, String>, val each: Map<String, Op>) : Stream

/** Each item through a window of [limit], or in groups of [limit]. An [endless] source begins anew after the last. */
@JvmRecord
data class Windowed(
    val kind: Window,
    val items: List<String>,
    val limit: Int,
    val endless: Boolean,
    val each: Map<String, Op>,
) : Stream

enum class Window { ORDERED, UNORDERED, CHUNKED, BATCHED }

/** [items] through stages, one after the other. */
@JvmRecord
data class Piped(val items: List<String>, val stages: List<Asks>) : Stream

/** A stage that asks [question] with the item in place of `{}`, for up to [concurrency] items at the same time. */
@JvmRecord
data class Asks(val concurrency: Int, val question: String)

// ---- the words that rows are written in

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
    endless: Boolean = false,
    each: Map<String, Op> = emptyMap(),
): Stream = Windowed(kind, items, limit, endless, each)

fun batch(
    vararg items: String,
    concurrency: Int = 8,
    failFast: Boolean = false,
    ids: Map<String, String> = emptyMap(),
    metadata: Boolean = false,
    each: Map<String, Op> = emptyMap(),
): Op = InBatch(items.asList(), concurrency, failFast, ids, metadata, each)
