package dev.muster.java.parity.rows

import dev.muster.error.AuthenticationException
import dev.muster.error.InvalidRequestException
import dev.muster.error.MalformedResponseException
import dev.muster.fake.FakeReply.Companion.embeddings
import dev.muster.fake.FakeReply.Companion.hang
import dev.muster.fake.FakeReply.Companion.status
import dev.muster.java.parity.Cancelled
import dev.muster.java.parity.Embed
import dev.muster.java.parity.Event.DISCONNECTS
import dev.muster.java.parity.Event.REQUESTS
import dev.muster.java.parity.Gives
import dev.muster.java.parity.ListModels
import dev.muster.java.parity.Row
import dev.muster.java.parity.Step
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.gather
import dev.muster.java.parity.saw
import dev.muster.java.parity.script
import dev.muster.java.parity.steps
import dev.muster.java.parity.until

// The server sees no prompt in a request for embeddings or for the list of models.
private const val NONE = ""

/** A10, A21: requests to a provider other than chat. */
internal val embeddingRows = listOf(
    Row(
        id = "A21.1",
        says = "two texts become two vectors in one request",
        server = script(NONE to embeddings(floatArrayOf(1f, 0.5f), floatArrayOf(-2f, 0f))),
        run = Embed(listOf("a", "b")),
        ends = Gives(listOf(listOf(1f, 0.5f), listOf(-2f, 0f))),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A21.2",
        says = "a refused key is the call's failure",
        server = script(NONE to status(401)),
        run = Embed(listOf("a")),
        ends = fails<AuthenticationException>(status = 401),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A21.3",
        says = "an empty text is refused and not sent",
        run = Embed(listOf("a", " ")),
        ends = fails<InvalidRequestException>(),
        saw = saw(requests = 0),
    ),
    Row(
        id = "A21.4",
        says = "a vector too few is malformed",
        server = script(NONE to embeddings(floatArrayOf(1f))),
        run = Embed(listOf("a", "b")),
        ends = fails<MalformedResponseException>(),
        saw = saw(requests = 1),
    ),
    Row(
        id = "A21.5",
        says = "cancelled from outside, the exchange is closed",
        server = script(NONE to hang()),
        run = Embed(listOf("a")),
        steps = steps(until(REQUESTS, 1), Step.Cancel, until(DISCONNECTS, 1)),
        ends = Cancelled,
        saw = saw(requests = 1, disconnects = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A21.6",
        says = "one that fails in a gather closes the other",
        server = script(NONE to hang(), NONE to status(400)),
        run = gather(Embed(listOf("a")), Embed(listOf("b"))),
        ends = fails<InvalidRequestException>(),
        saw = saw(requests = 2, disconnects = 1, peak = 2),
    ),
    Row(
        id = "A10.1",
        says = "the models are those that the provider lists",
        run = ListModels,
        ends = Gives(listOf("openai::fake-model", "openai::gpt-4o-mini", "openai::gemma3:latest")),
        saw = saw(requests = 1),
    ),
)
