package dev.muster.java.parity.rows

import dev.muster.error.ContextLengthExceededException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MissingApiKeyException
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.java.parity.Ask
import dev.muster.java.parity.Client
import dev.muster.java.parity.Failed
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Ok
import dev.muster.java.parity.Row
import dev.muster.java.parity.Tokens
import dev.muster.java.parity.Wire
import dev.muster.java.parity.Won
import dev.muster.java.parity.fails
import dev.muster.java.parity.race
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.settled

private val long = "x".repeat(10_000)

private val noKey = Client(apiKey = null)

/** Requests that are rejected before they are sent, and those that only the provider can reject. */
internal val refusalRows = listOf(
    Row(
        id = "A1.1",
        says = "an answer comes back",
        server = script("2+2" to text("4")),
        run = Ask("2+2"),
        ends = Gives("4"),
        saw = saw(requests = 1, prompts = listOf("2+2")),
        wires = Wire.entries,
    ),
    Row(
        id = "A1.2",
        says = "an empty prompt is refused and not sent",
        run = Ask(""),
        ends = fails<InvalidRequestException>(),
        saw = saw(requests = 0),
        wires = Wire.entries,
    ),
    Row(
        id = "A1.3",
        says = "a blank prompt of a stream is refused and not sent",
        run = Tokens("  \n"),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(),
        saw = saw(requests = 0),
    ),
    Row(
        id = "A1.4",
        says = "valid, empty, 10,000 characters and valid: each ends in its own way",
        server = script(long to status(400, "context_length_exceeded", "Too many tokens")),
        run = settled(Ask("a"), Ask(""), Ask(long), Ask("b")),
        ends = Gives(
            listOf(
                Ok("You said: a"),
                Failed("InvalidRequestException"),
                Failed("ContextLengthExceededException"),
                Ok("You said: b"),
            ),
        ),
        saw = saw(requests = 3),
    ),
    Row(
        id = "A1.5",
        says = "a prompt that is too long is sent whole, once",
        server = script(long to status(400, "context_length_exceeded", "Too many tokens")),
        run = Ask(long),
        ends = fails<ContextLengthExceededException>(status = 400),
        saw = saw(requests = 1, prompts = listOf(long)),
    ),
    Row(
        id = "A1.6",
        says = "an empty prompt does not decide a race",
        server = script("a" to text("A")),
        run = race(Ask(""), Ask("a")),
        ends = Gives(Won(1, "1", "A")),
        saw = saw(requests = 1),
    ),
    Row(
        id = "A7.1",
        says = "a missing key names the variable and nothing is sent",
        client = noKey,
        run = Ask("a"),
        ends = fails<MissingApiKeyException>(saying = "OPENAI_API_KEY"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "A7.2",
        says = "a missing key is how each of a settled gather has ended",
        client = noKey,
        run = settled(Ask("a"), Ask("b")),
        ends = Gives(listOf(Failed("MissingApiKeyException"), Failed("MissingApiKeyException"))),
        saw = saw(requests = 0),
    ),
    Row(
        id = "A7.3",
        says = "a provider that needs no key answers without",
        client = noKey,
        server = script("a" to text("A")),
        run = Ask("a"),
        ends = Gives("A"),
        saw = saw(requests = 1),
        wires = listOf(Wire.OLLAMA),
    ),
)
