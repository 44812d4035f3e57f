package dev.muster.java.errors

/** One [Error] of each kind that programs meet: a broken class path, memory, the stack, an assertion. */
enum class Fault(private val make: () -> Error) {
    NO_CLASS({ NoClassDefFoundError("injected") }),
    NO_METHOD({ NoSuchMethodError("injected") }),
    MEMORY({ OutOfMemoryError("injected") }),
    STACK({ StackOverflowError("injected") }),
    ASSERTION({ AssertionError("injected") }),
    ;

    fun error(): Error = make()
}

/** Where the error is thrown. */
enum class Spot {
    CHAT,
    STREAM,
    STREAM_AFTER_A_TOKEN,
    OWN_MODEL,
    OWN_MODEL_STREAM,
    MODELS,
    EMBEDDING,
    CLIENT_RETRY_IF,
    CLIENT_ON_RETRY,
    OPERATOR_RETRY_IF,
    OPERATOR_ON_RETRY,
    TASK,
    MAPPER,
    ITEMS,
    STREAM_MAPPER,
    CONSUMER,
    PROGRESS,
    BATCH_ID,
    TOOL,
    TOOL_ARGUMENTS,
    ANSWER,
    CONVERSATION,
    CONVERSATION_STREAM,

    // A lambda in Java; the calling code itself in Kotlin.
    MAP,
    THEN,
    RECOVER,
    RECOVER_WITH,
    SUPPLIER,
    STAGE,
    STAGE_THAT_THROWS,
    COMBINER,
}

/** What surrounds the failing call; next to it runs a call that never ends by itself. */
enum class Around {
    NOTHING,
    GATHER,
    SETTLED,
    RACE,
    SELECT,
    AS_COMPLETED,
    ORDERED,
    UNORDERED,
    CHUNKED,
    PIPELINE,
    BATCH,
    FAIL_FAST,
    HEDGE,
    SECOND_COPY,
    FALLBACK,
    RETRY,
    ONCE,
    TIMEOUT,
    METER,
    IN_A_TOOL,
    LONG_CHAIN,

    // Kotlin uses try and catch for this.
    RECOVERED,
}

/** One style of using the SDK. */
internal interface ErrorRunner {
    val style: String

    fun has(spot: Spot, around: Around): Boolean

    /** Returns what the caller gets; null if the call gave a value. */
    fun failure(scene: Scene, spot: Spot, around: Around): Throwable?
}
