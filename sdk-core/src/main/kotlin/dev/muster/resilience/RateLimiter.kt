package dev.muster.resilience

import dev.muster.concurrent.clock
import dev.muster.error.ErrorContext
import dev.muster.error.QueueFullException
import dev.muster.provider.RateLimitStatus
import dev.muster.resilience.internal.Bucket
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeMark
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * Limits the rate of attempts and of tokens. Attempts over the limit wait, first come first served, without holding a
 * thread. Thread-safe. To share the limits among several models or clients, give them the same limiter.
 *
 * Each limit is a token bucket that refills evenly. An attempt takes one request and an estimate of its tokens: one for
 * four characters of text, plus `maxTokens` if it is set. The estimate is corrected when the provider has reported the
 * usage. For a stream that breaks off or is cancelled, it is corrected by the part that has arrived. Time spent waiting
 * counts towards the total timeout, but not towards the attempt timeout.
 *
 * A limiter that [isLearning] reads the limits, the remaining quota and the reset time from the headers of the
 * provider's responses (`x-ratelimit-…` and `anthropic-ratelimit-…`). After a 429 with `Retry-After` it lets nothing
 * through until that time, for at most 60 seconds. A longer wait, such as a daily limit, would hold all calls without
 * an error; after 60 seconds the next call gets the provider's error instead.
 */
public class RateLimiter private constructor(builder: Builder) {
    /** Whether the limiter takes its limits from the provider's responses. */
    public val isLearning: Boolean = builder.learning

    private val maxWaiting = builder.maxWaiting
    private val lock = Any()
    private var requests = builder.requests()
    private var tokens = builder.tokens()
    private var start: TimeMark? = null
    private var closedUntil = Duration.ZERO
    private var queued = 0

    // Let through but without a response yet: not yet counted in the remaining quota that the provider reports.
    private var unansweredRequests = 0L
    private var unansweredTokens = 0L

    // Only the first in the queue holds this lock and waits for its tokens, so a cancelled waiter has taken nothing.
    private val turn = Mutex()
    private val changed = Channel<Unit>(Channel.CONFLATED)

    /** The number of attempts that wait now. */
    @get:JvmName("waiting")
    public val waiting: Int get() = synchronized(lock) { queued }

    /** Waits until a request of [amount] tokens may be sent, and takes what it needs. */
    @JvmSynthetic
    internal suspend fun acquire(amount: Long, context: ErrorContext) {
        val clock = currentCoroutineContext().clock
        synchronized(lock) {
            if (start == null) start = clock.markNow()
            if (queued == 0 && takeOrWait(amount) == Duration.ZERO) return
            if (queued >= maxWaiting) throw full(context)
            queued++
        }
        try {
            turn.withLock {
                while (true) {
                    val wait = synchronized(lock) { takeOrWait(amount) }
                    if (wait == Duration.ZERO) break
                    withTimeoutOrNull(wait) { changed.receive() }
                }
            }
        } finally {
            synchronized(lock) { queued-- }
        }
    }

    /** Ends a request that was estimated at [estimate] tokens. [used] is its actual usage, or null if unknown. */
    @JvmSynthetic
    internal fun ended(estimate: Long, used: Long?) {
        synchronized(lock) {
            unansweredRequests--
            unansweredTokens -= estimate
            if (used != null) tokens?.take((used - estimate).toDouble())
        }
        changed.trySend(Unit)
    }

    /** Takes over the limits that the provider reported in its response to a request of [estimate] tokens. */
    @JvmSynthetic
    internal fun learn(status: RateLimitStatus, estimate: Long) {
        if (!isLearning) return
        synchronized(lock) {
            requests = status.requests.into(requests, unansweredRequests - 1)
            tokens = status.tokens.into(tokens, unansweredTokens - estimate)
        }
        changed.trySend(Unit)
    }

    /** Lets nothing through for [wait], because the provider reported too many requests. */
    @JvmSynthetic
    internal fun closeFor(wait: JavaDuration) {
        if (!isLearning) return
        val closed = minOf(wait.toKotlinDuration(), LONGEST_CLOSED)
        synchronized(lock) { closedUntil = maxOf(closedUntil, now() + closed) }
    }

    private fun RateLimitStatus.Quota?.into(bucket: Bucket?, unseen: Long): Bucket? {
        if (this == null) return bucket
        val learnt = bucket ?: Bucket(limit.toDouble(), limit / Bucket.NANOS_A_MINUTE)
        learnt.learn(limit.toDouble(), remaining.toDouble(), unseen.toDouble(), resetAfter.toKotlinDuration(), now())
        return learnt
    }

    /** Takes what a request needs and returns zero, or takes nothing and returns how long to wait. */
    private fun takeOrWait(amount: Long): Duration {
        val now = now()
        val wait =
            maxOf(
                closedUntil - now,
                requests?.timeUntil(1.0, now) ?: Duration.ZERO,
                tokens?.timeUntil(amount.toDouble(), now) ?: Duration.ZERO,
            )
        if (wait > Duration.ZERO) return wait
        requests?.take(1.0)
        tokens?.take(amount.toDouble())
        unansweredRequests++
        unansweredTokens += amount
        return Duration.ZERO
    }

    private fun now(): Duration = start?.elapsedNow() ?: Duration.ZERO

    private fun full(context: ErrorContext) = QueueFullException(
        "Too many calls at once: $maxWaiting already wait for the rate limit. Send fewer, or raise maxWaiting",
        context,
    )

    override fun toString(): String = "RateLimiter(learning=$isLearning, waiting=$waiting)"

    /** Builds a [RateLimiter]. Not thread-safe. */
    public class Builder {
        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var learning = false

        @get:JvmSynthetic
        @set:JvmSynthetic
        internal var maxWaiting = ConcurrencyLimiter.DEFAULT_MAX_WAITING
        private var requestsPerNano: Double? = null
        private var tokensPerNano: Double? = null
        private var burst: Int? = null

        /**
         * Limits the requests to [count] in each [period]. Default: no limit.
         *
         * @throws IllegalArgumentException if [count] or [period] is not positive
         */
        public fun requests(count: Int, period: JavaDuration): Builder = apply {
            require(count >= 1) { "The number of requests must be at least 1: $count" }
            requestsPerNano = count / nanos(period)
        }

        /**
         * Limits the requests to [count] in each minute. Default: no limit.
         *
         * @throws IllegalArgumentException if [count] is not positive
         */
        public fun requestsPerMinute(count: Int): Builder = requests(count, JavaDuration.ofMinutes(1))

        /**
         * Sets how many requests may be sent at once after a pause. Default: the requests of one second, at least one.
         *
         * @throws IllegalArgumentException if [count] is below 1
         */
        public fun burst(count: Int): Builder = apply {
            require(count >= 1) { "burst must be at least 1: $count" }
            burst = count
        }

        /**
         * Limits the tokens to [count] in each minute. After a pause, [count] tokens may be sent at once. Default: no
         * limit.
         *
         * @throws IllegalArgumentException if [count] is below 1
         */
        public fun tokensPerMinute(count: Long): Builder = apply {
            require(count >= 1) { "The number of tokens must be at least 1: $count" }
            tokensPerNano = count / Bucket.NANOS_A_MINUTE
        }

        /**
         * Sets [RateLimiter.isLearning]. The limits set here apply until the provider's first response. Default: false.
         */
        public fun learning(learning: Boolean): Builder = apply { this.learning = learning }

        /**
         * Sets how many calls may wait. Any further call fails with [QueueFullException]. Default: 100,000.
         *
         * @throws IllegalArgumentException if [count] is negative
         */
        public fun maxWaiting(count: Int): Builder = apply {
            require(count >= 0) { "maxWaiting must not be negative: $count" }
            maxWaiting = count
        }

        /**
         * Builds a limiter with nothing used yet.
         *
         * @throws IllegalArgumentException if neither a limit nor [learning] is set, or if [burst] is set without
         * [requests]
         */
        public fun build(): RateLimiter {
            require(requestsPerNano != null || tokensPerNano != null || learning) {
                "A rate limiter needs a limit: set requests, tokensPerMinute or learning"
            }
            require(burst == null || requestsPerNano != null) { "burst needs a limit of requests: set requests too" }
            return RateLimiter(this)
        }

        @JvmSynthetic
        internal fun requests(): Bucket? =
            requestsPerNano?.let { Bucket(burst?.toDouble() ?: maxOf(1.0, it * NANOS_A_SECOND), it) }

        @JvmSynthetic
        internal fun tokens(): Bucket? = tokensPerNano?.let { Bucket(it * Bucket.NANOS_A_MINUTE, it) }

        private fun nanos(period: JavaDuration): Double {
            require(!period.isZero && !period.isNegative) { "The period must be positive: $period" }
            return period.toNanos().toDouble()
        }
    }

    /** Creates limiters. */
    public companion object {
        private const val NANOS_A_SECOND = 1e9

        /** The same as the default of [RetryPolicy.maxRetryAfter]. */
        private val LONGEST_CLOSED = 60.seconds

        /** Returns an empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** Creates a limiter without limits that learns them from the provider's responses. */
        @JvmStatic
        public fun learning(): RateLimiter = builder().learning(true).build()
    }
}
