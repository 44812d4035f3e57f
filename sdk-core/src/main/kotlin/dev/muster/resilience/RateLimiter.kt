package dev.muster.resilience

import dev.muster.concurrent.clock
import dev.muster.error.ErrorContext
import dev.muster.error.QueueFullException
import dev.muster.resilience.internal.Bucket
import dev.muster.spi.RateLimitStatus
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
 * Lets so many attempts, and so many tokens, through in a time and has the others wait, first come first served,
 * without a thread. Give one limiter to several models, or clients, and they share what it lets through. Thread-safe.
 *
 * Both are buckets that fill evenly. An attempt takes one request and an estimate of its tokens (one for four
 * characters of text, and `maxTokens` where it is set). That is corrected once the provider has said what was used, and
 * for a stream that breaks off or is cancelled by what had arrived of it. What is waited here counts against the total
 * timeout and not against the attempt's.
 *
 * A limiter that [isLearning] takes over limits, what is left and when it is renewed from the provider's answers
 * (`x-ratelimit-…` and `anthropic-ratelimit-…` headers), and after a 429 with `Retry-After` lets nothing through before
 * that time, but for no longer than 60 seconds: a limit of a day would hold all calls so long without a word, where the
 * next one is told of it by the provider.
 */
public class RateLimiter private constructor(builder: Builder) {
    /** Whether the provider's answers change the limits. */
    public val isLearning: Boolean = builder.learning

    private val maxWaiting = builder.maxWaiting
    private val lock = Any()
    private var requests = builder.requests()
    private var tokens = builder.tokens()
    private var start: TimeMark? = null
    private var closedUntil = Duration.ZERO
    private var queued = 0

    // What has been let through and not yet answered: the provider had not counted it when it said what is left.
    private var unansweredRequests = 0L
    private var unansweredTokens = 0L

    // Whoever is first in the queue holds the turn while it waits, so a cancelled one has taken nothing.
    private val turn = Mutex()
    private val changed = Channel<Unit>(Channel.CONFLATED)

    /** How many wait now. */
    @get:JvmName("waiting")
    public val waiting: Int get() = synchronized(lock) { queued }

    /** Waits until a request of [amount] tokens may go. */
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

    /** What was estimated at [estimate] tokens has ended; [used] is what it took, null where nobody said. */
    @JvmSynthetic
    internal fun ended(estimate: Long, used: Long?) {
        synchronized(lock) {
            unansweredRequests--
            unansweredTokens -= estimate
            if (used != null) tokens?.take((used - estimate).toDouble())
        }
        changed.trySend(Unit)
    }

    /** The provider has answered a request of [estimate] tokens, and said what is left. */
    @JvmSynthetic
    internal fun learn(status: RateLimitStatus, estimate: Long) {
        if (!isLearning) return
        synchronized(lock) {
            requests = status.requests.into(requests, unansweredRequests - 1)
            tokens = status.tokens.into(tokens, unansweredTokens - estimate)
        }
        changed.trySend(Unit)
    }

    /** The provider asks to wait because it was asked too often. */
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

    /** Takes what a request needs and gives zero, or gives how long it has to wait. */
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

    private fun full(context: ErrorContext) =
        QueueFullException("$maxWaiting calls are waiting for the rate limit already: send less at once", context)

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
         * Lets [count] requests through in each [period].
         *
         * @throws IllegalArgumentException where [count] or [period] is not positive
         */
        public fun requests(count: Int, period: JavaDuration): Builder = apply {
            require(count >= 1) { "At least one request must be let through: $count" }
            requestsPerNano = count / nanos(period)
        }

        /** Lets [count] requests through in each minute. */
        public fun requestsPerMinute(count: Int): Builder = requests(count, JavaDuration.ofMinutes(1))

        /**
         * How many requests may go at once after a pause. What comes in a second, and at least one, by default.
         *
         * @throws IllegalArgumentException where [count] is below 1
         */
        public fun burst(count: Int): Builder = apply {
            require(count >= 1) { "At least one request must be let through: $count" }
            burst = count
        }

        /**
         * Lets [count] tokens through in each minute; as many may go at once after a pause.
         *
         * @throws IllegalArgumentException where [count] is below 1
         */
        public fun tokensPerMinute(count: Long): Builder = apply {
            require(count >= 1) { "At least one token must be let through: $count" }
            tokensPerNano = count / Bucket.NANOS_A_MINUTE
        }

        /** Has the provider's answers set the limits; what is set here holds until the first. */
        public fun learning(learning: Boolean): Builder = apply { this.learning = learning }

        /**
         * The most calls that wait; one more ends with [QueueFullException]. 100,000 by default.
         *
         * @throws IllegalArgumentException where [count] is negative
         */
        public fun maxWaiting(count: Int): Builder = apply {
            require(count >= 0) { "maxWaiting must not be negative: $count" }
            maxWaiting = count
        }

        /**
         * A limiter, with nothing used yet.
         *
         * @throws IllegalArgumentException where nothing is limited and nothing is to be learned, or a burst has no
         * rate
         */
        public fun build(): RateLimiter {
            require(requestsPerNano != null || tokensPerNano != null || learning) {
                "A rate limiter limits requests or tokens, or learns its limits: set one"
            }
            require(burst == null || requestsPerNano != null) { "burst goes with requests: set them too" }
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

    /** Makes limiters. */
    public companion object {
        private const val NANOS_A_SECOND = 1e9

        /** As long as a retry waits, unless it is told otherwise. */
        private val LONGEST_CLOSED = 60.seconds

        /** An empty builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()

        /** A limiter without limits of its own, which takes over those that the provider's answers state. */
        @JvmStatic
        public fun learning(): RateLimiter = builder().learning(true).build()
    }
}
