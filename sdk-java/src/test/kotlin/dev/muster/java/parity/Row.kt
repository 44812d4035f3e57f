package dev.muster.java.parity

import dev.muster.fake.FakeReply
import dev.muster.resilience.RetryPolicy
import dev.muster.resilience.Timeouts

/** One case: what the server does, what is run, and everything that must be observed, in every style. Data only. */
data class Row(
    /** The row of the feature table and a number. */
    val id: String,
    val says: String,
    val run: Op,
    val ends: Ends,
    /** What the server must have seen. */
    val saw: Saw,
    /** The server's replies to a prompt, in the order of its requests. The last reply repeats. */
    val server: Map<String, List<FakeReply>> = emptyMap(),
    val client: Client = Client(),
    /** What happens while the operation runs. */
    val steps: List<Step> = emptyList(),
    /** The consumer of a stream stops after this number of values, until [Step.Resume]. */
    val pauseAfter: Int = Int.MAX_VALUE,
    /** The values that were taken from a stream before it ended. */
    val taken: List<Any>? = null,
    /** The progress reported by a batch. */
    val progress: List<String>? = null,
    val wires: List<Wire> = listOf(Wire.OPENAI),
) {
    override fun toString(): String = "$id $says"
}

/** The settings of the client. */
data class Client(
    val apiKey: String? = "test-key",
    val timeouts: Timeouts = Timeouts.DEFAULT,
    val retry: RetryPolicy = RetryPolicy.NONE,
    /** What stands around each call. */
    val interception: Interception? = null,
)

/** What an interceptor does. */
enum class Interception {
    /** Sends the prompt with `!` behind it. */
    ADDS_TO_PROMPT,

    /** Gives the response "cached", and asks no model. */
    ANSWERS,

    /** Gives the response with its text in capitals. */
    CHANGES_RESPONSE,

    /** Fails with a [dev.muster.error.ProviderException]. */
    FAILS,

    /** Stands around each attempt: fails the first one, and sends the prompt with the attempt's number behind it. */
    OF_ATTEMPTS,

    /** Proceeds a second time. */
    PROCEEDS_TWICE,

    /** Gives the response when the user's blocking code has seen it. */
    BLOCKS,
}

enum class Wire { OPENAI, OLLAMA }

/** How an operation ends. */
sealed interface Ends

/** With [value], in the terms of [plain]. */
data class Gives(val value: Any?) : Ends

/** With exactly this class of exception, and with these properties if they are given. */
data class Fails(
    val type: Class<out Throwable>,
    /** A part of its message. */
    val saying: String = "",
    /** The class, and for a timeout the kind, of each cause of an `AllFailedException`. */
    val causes: List<String>? = null,
    /** The classes of the suppressed exceptions, in any order; null if they depend on timing. */
    val suppressed: List<String>? = emptyList(),
    val timeout: String? = null,
    val status: Int? = null,
    val partialText: String? = null,
) : Ends

/** With the cancellation exception of the style. */
data object Cancelled : Ends

/** What the server has seen at the end. */
data class Saw(
    val requests: IntRange,
    val disconnects: IntRange = 0..0,
    val peak: IntRange? = null,
    /** The prompts in the order of arrival. */
    val prompts: List<String>? = null,
    /** For a prompt, the prompts whose replies were complete before it arrived. */
    val arrivedAfter: Map<String, List<String>> = emptyMap(),
)

/** Something that happens while the operation runs. */
sealed interface Step {
    /** Waits until [event] has happened [count] times. */
    data class Until(val event: Event, val count: Int) : Step

    /** Releases the replies that wait at this gate. */
    data class Release(val gate: String) : Step

    /** Cancels the operation from outside, in the way of the style. */
    data object Cancel : Step

    /** Closes the client. */
    data object Close : Step

    /** Lets the consumer of a stream continue. */
    data object Resume : Step

    /** Waits until a back-off has started that lasts longer than every timeout. */
    data object BackOff : Step

    /** Lets a [SHORT] timeout pass as soon as one is set. */
    data object Pass : Step
}

/** Events to wait for: first those of the server, then those of the program under test. */
enum class Event {
    REQUESTS,
    HELD,
    COMPLETED,
    DISCONNECTS,
    TOKENS,
    IDLE,
    TAKEN,
    PROGRESS,
    STUBBORN,
    TOOL_STARTED,
    INTERRUPTED,
}

// ---- the vocabulary of the rows

/** In milliseconds: a timeout that passes at [Step.Pass] and not before. */
const val SHORT: Long = 1_000

/** In milliseconds: a timeout that does not pass in a row. */
const val LONG: Long = 600_000

/** Matches each prompt that the row does not script, such as one written by the SDK. */
const val ANYTHING_ELSE: String = "*"

fun script(vararg replies: Pair<String, FakeReply>): Map<String, List<FakeReply>> =
    replies.groupBy({ it.first }, { it.second })

fun steps(vararg steps: Step): List<Step> = steps.asList()

fun until(event: Event, count: Int): Step = Step.Until(event, count)

fun release(gate: String): Step = Step.Release(gate)

fun saw(
    requests: Int,
    disconnects: Int = 0,
    peak: Int? = null,
    prompts: List<String>? = null,
    arrivedAfter: Map<String, List<String>> = emptyMap(),
): Saw = Saw(requests..requests, disconnects..disconnects, peak?.let { it..it }, prompts, arrivedAfter)

inline fun <reified X : Throwable> fails(
    saying: String = "",
    causes: List<String>? = null,
    suppressed: List<String>? = emptyList(),
    timeout: String? = null,
    status: Int? = null,
    partialText: String? = null,
): Ends = Fails(X::class.java, saying, causes, suppressed, timeout, status, partialText)
