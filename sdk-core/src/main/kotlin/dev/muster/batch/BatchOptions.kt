package dev.muster.batch

import java.util.concurrent.Executor
import java.util.function.Consumer
import java.util.function.Function

/** What a batch does if an item fails. */
public enum class BatchMode {
    /** Continues. The failure is part of the report. */
    CONTINUE,

    /** Cancels the other items at once and throws the failure. */
    FAIL_FAST,
}

/**
 * How a [batch] runs.
 *
 * Defaults: 8 items at a time, the index as id, no metadata, mode [BatchMode.CONTINUE], no consumers.
 *
 * The functions and consumers are user code. They run on [executor] if it is set, and may block there. Otherwise they
 * run in the coroutine that called the batch. Two consumers never run at the same time. If a function or a consumer
 * throws, the batch ends with its exception.
 */
public class BatchOptions<I> private constructor(builder: Builder<I>) {
    /** The maximum number of items that run at the same time. Default: 8. */
    @get:JvmName("concurrency")
    public val concurrency: Int = builder.concurrency

    /** What happens if an item fails. Default: [BatchMode.CONTINUE]. */
    @get:JvmName("mode")
    public val mode: BatchMode = builder.mode

    /** Computes the id of an item, which must be unique in the batch. Null: the index as text. */
    @get:JvmName("id")
    public val id: Function<in I, String>? = builder.id

    /** Computes data that is returned with the item's result. Null: no data. */
    @get:JvmName("metadata")
    public val metadata: Function<in I, Map<String, String>>? = builder.metadata

    /** Is called before an item's call starts. */
    @get:JvmName("onStart")
    public val onStart: Consumer<in BatchItem<I>>? = builder.onStart

    /** Is called when an item has ended, in the order of completion, before [onProgress] is called for it. */
    @get:JvmName("onResult")
    public val onResult: Consumer<in BatchResult<I, *>>? = builder.onResult

    /** Is called after each item with the progress of the batch. */
    @get:JvmName("onProgress")
    public val onProgress: Consumer<in BatchProgress>? = builder.onProgress

    /** Runs the functions and consumers. Null: they run in the caller's coroutine. */
    @get:JvmName("executor")
    public val executor: Executor? = builder.executor

    /** Returns a builder with the values of these options. */
    public fun toBuilder(): Builder<I> = Builder(this)

    override fun toString(): String = "BatchOptions(concurrency=$concurrency, mode=$mode)"

    /** Builds [BatchOptions]. */
    public class Builder<I> internal constructor(from: BatchOptions<I>?) {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var concurrency: Int = from?.concurrency ?: DEFAULT_CONCURRENCY

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var mode: BatchMode = from?.mode ?: BatchMode.CONTINUE

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var id: Function<in I, String>? = from?.id

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var metadata: Function<in I, Map<String, String>>? = from?.metadata

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var onStart: Consumer<in BatchItem<I>>? = from?.onStart

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var onResult: Consumer<in BatchResult<I, *>>? = from?.onResult

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var onProgress: Consumer<in BatchProgress>? = from?.onProgress

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var executor: Executor? = from?.executor

        /**
         * Sets [BatchOptions.concurrency].
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public fun concurrency(concurrency: Int): Builder<I> = apply {
            require(concurrency >= 1) { "concurrency must be at least 1, was $concurrency" }
            this.concurrency = concurrency
        }

        /** Sets [BatchOptions.mode]. */
        public fun mode(mode: BatchMode): Builder<I> = apply { this.mode = mode }

        /** Sets the mode to [BatchMode.FAIL_FAST]. */
        public fun failFast(): Builder<I> = mode(BatchMode.FAIL_FAST)

        /** Sets [BatchOptions.id]. */
        public fun id(id: Function<in I, String>?): Builder<I> = apply { this.id = id }

        /** Sets [BatchOptions.metadata]. */
        public fun metadata(metadata: Function<in I, Map<String, String>>?): Builder<I> = apply {
            this.metadata = metadata
        }

        /** Sets [BatchOptions.onStart]. */
        public fun onStart(onStart: Consumer<in BatchItem<I>>?): Builder<I> = apply { this.onStart = onStart }

        /** Sets [BatchOptions.onResult]. */
        public fun onResult(onResult: Consumer<in BatchResult<I, *>>?): Builder<I> = apply { this.onResult = onResult }

        /** Sets [BatchOptions.onProgress]. */
        public fun onProgress(onProgress: Consumer<in BatchProgress>?): Builder<I> = apply {
            this.onProgress = onProgress
        }

        /** Sets [BatchOptions.executor]. */
        public fun executor(executor: Executor?): Builder<I> = apply { this.executor = executor }

        /** Returns the options. */
        public fun build(): BatchOptions<I> = BatchOptions(this)
    }

    /** Creates options. */
    public companion object {
        private const val DEFAULT_CONCURRENCY = 8

        /** Returns a builder with the defaults. */
        @JvmStatic
        public fun <I> builder(): Builder<I> = Builder(null)
    }
}
