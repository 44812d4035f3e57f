package dev.muster.java.parity.rows

import dev.muster.chat.GenerationSettings
import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply.Companion.endless
import dev.muster.java.parity.AskWith
import dev.muster.java.parity.Gives
import dev.muster.java.parity.RequestWith
import dev.muster.java.parity.Row
import dev.muster.java.parity.TokensWith
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.saw
import dev.muster.java.parity.script

/** The server stops at the limit, so the text shows which limit was sent. */
private val untilLimit = script("a" to endless("x"))

private fun limit(maxTokens: Int) = GenerationSettings { maxTokens(maxTokens) }

/** A24: settings of agents, of their calls, of models and of requests. */
internal val settingsRows = listOf(
    Row(
        id = "A24.1",
        says = "the settings of a call go before the agent's",
        server = untilLimit,
        run = AskWith("a", ofAgent = limit(1), ofCall = limit(2)),
        ends = Gives("xx"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A24.2",
        says = "what a call leaves unset stays as the agent has it",
        server = untilLimit,
        run = AskWith("a", ofAgent = limit(1), ofCall = GenerationSettings { temperature(0.5) }),
        ends = Gives("x"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A24.3",
        says = "a streamed call has its settings, too",
        server = untilLimit,
        run = TokensWith("a", ofAgent = limit(1), ofCall = limit(2)),
        ends = Gives(listOf("x", "x")),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A24.4",
        says = "the settings of a request go before the model's",
        server = untilLimit,
        run = RequestWith("a", ofModel = limit(1), ofRequest = limit(2)),
        ends = Gives("xx"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A24.5",
        says = "what a request leaves unset is as the model has it",
        server = untilLimit,
        run = RequestWith("a", ofModel = limit(1), ofRequest = GenerationSettings.DEFAULT),
        ends = Gives("x"),
        saw = saw(requests = 1),
        wires = Wire.entries,
    ),
    Row(
        id = "A24.6",
        says = "a number that is none is the call's failure and is not sent",
        run = AskWith("a", limit(1), GenerationSettings { temperature(Double.NaN) }),
        ends = fails<InvalidRequestException>(saying = "temperature"),
        saw = saw(requests = 0),
    ),
    Row(
        id = "A24.7",
        says = "a limit of no tokens is the stream's failure and is not sent",
        run = TokensWith("a", GenerationSettings.DEFAULT, limit(0)),
        taken = emptyList(),
        ends = fails<InvalidRequestException>(saying = "maxTokens"),
        saw = saw(requests = 0),
    ),
)
