package dev.muster.java.parity

import dev.muster.contract.HandClock
import dev.muster.fake.FakeEventKind
import dev.muster.fake.FakeServer
import java.time.Duration
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException

/** What was observed when a row ran. */
internal class Seen(
    /** Null if the operation did not end. */
    val ending: Ending?,
    val taken: List<Any?>,
    val progress: List<String>,
    val requests: Int,
    val disconnects: Int,
    val peak: Int,
    val prompts: List<String>,
    /** The server's log: "arrived PROMPT" and "completed PROMPT". */
    val log: List<String>,
    /** What did not happen in time. */
    val missing: List<String>,
)

/**
 * Runs one row in one style against its own server. Waits for events, never for a fixed time; [bound] is the longest
 * wait for one event.
 */
internal class Stage(
    private val row: Row,
    private val runner: Runner,
    private val wire: Wire,
    private val bound: Duration = Duration.ofSeconds(60),
) {
    private val signals = Signals(row.pauseAfter)
    private val missing = ArrayList<String>()
    private val limit = Duration.ofMillis(SHORT)

    // For rows that let a timeout pass. Other rows use the system clock.
    private val clock = HandClock(bound).takeIf { Step.Pass in row.steps }

    /** Returns everything that differs from the row. */
    fun problems(): List<String> = Check(row).problems(play())

    private fun play(): Seen = FakeServer.start().use { server ->
        row.server.forEach { (prompt, replies) ->
            val rule = if (prompt == ANYTHING_ELSE) server.on { it.prompt !in row.server } else server.onPrompt(prompt)
            rule.replies(*replies.toTypedArray())
        }
        StubbornProvider.during(server.url, signals) {
            runner.open(setup(server), signals).use { session -> watch(server, session, session.start(row.run)) }
        }
    }

    private fun setup(server: FakeServer) = Setup(
        openAiUrl = server.openAiUrl,
        ollamaUrl = server.ollamaUrl,
        stubbornUrl = server.url,
        apiKey = row.client.apiKey,
        timeouts = row.client.timeouts,
        retry = row.client.retry,
        model = "${wire.name.lowercase()}::test-model",
        interception = row.client.interception,
        clock = clock,
    )

    private fun watch(server: FakeServer, session: Session, running: Running): Seen {
        // After the first event that does not come, waiting for the others is pointless.
        row.steps.all { take(it, server, session, running) }
        if (missing.isEmpty()) clock?.let { passOn(it, running) }
        val ending = try {
            running.ending.get(patience().toMillis(), TimeUnit.MILLISECONDS)
        } catch (_: TimeoutException) {
            missing += "the operation did not end"
            null
        }
        expect("that nothing is in flight") { server.awaitIdle(patience()) }
        return seen(server, ending).also { if (ending == null) running.cancel() }
    }

    private fun patience(): Duration = if (missing.isEmpty()) bound else Duration.ZERO

    private fun take(step: Step, server: FakeServer, session: Session, running: Running): Boolean {
        when (step) {
            is Step.Until -> return expect("$step") { await(step.event, step.count, server) }
            is Step.Release -> server.release(step.gate)
            is Step.Cancel -> running.cancel()
            is Step.Close -> session.close()
            is Step.Resume -> signals.resume()
            is Step.BackOff -> return expect("$step") { clock?.awaitBeyond(Duration.ofHours(1)) }
            is Step.Pass -> return expect("$step") { clock?.pass(limit) }
        }
        return true
    }

    /** Moves the clock again for a timeout that had not started when the clock was moved. */
    private fun passOn(clock: HandClock, running: Running) {
        expect("that the limit passes") { clock.passUntil(limit) { running.ending.isDone } }
    }

    private fun await(event: Event, count: Int, server: FakeServer) {
        when (event) {
            Event.REQUESTS -> server.awaitRequests(count, bound)
            Event.HELD -> server.awaitHeld(count, bound)
            Event.COMPLETED -> server.awaitCompleted(count, bound)
            Event.DISCONNECTS -> server.awaitDisconnects(count, bound)
            Event.TOKENS -> server.awaitTokens(count, bound)
            Event.IDLE -> server.awaitIdle(bound)
            else -> check(signals.await(event, count, bound)) { "waited $bound in vain for $count $event" }
        }
    }

    private fun expect(what: String, wait: () -> Unit): Boolean = try {
        wait()
        true
    } catch (e: IllegalStateException) {
        missing += "$what: ${e.message}"
        false
    }

    private fun seen(server: FakeServer, ending: Ending?): Seen {
        val requests = server.requests
        val prompts = requests.associate { it.index to it.prompt }
        val log = server.events.mapNotNull { event ->
            when (event.kind) {
                FakeEventKind.ARRIVED -> "arrived ${prompts[event.request]}"
                FakeEventKind.COMPLETED -> "completed ${prompts[event.request]}"
                else -> null
            }
        }
        return Seen(
            ending,
            signals.taken,
            signals.progress,
            requests.size,
            server.disconnects,
            server.peakInFlight,
            requests.map { it.prompt },
            log,
            missing,
        )
    }
}
