package dev.muster.java.parity.rows

import dev.muster.error.InvalidRequestException
import dev.muster.fake.FakeReply.Companion.text
import dev.muster.fake.FakeReply.Companion.tokens
import dev.muster.java.parity.Addressee
import dev.muster.java.parity.Answer
import dev.muster.java.parity.Form
import dev.muster.java.parity.Gives
import dev.muster.java.parity.Put
import dev.muster.java.parity.PutStream
import dev.muster.java.parity.Recover
import dev.muster.java.parity.Remembered
import dev.muster.java.parity.Row
import dev.muster.java.parity.Typed
import dev.muster.java.parity.Wire
import dev.muster.java.parity.fails
import dev.muster.java.parity.inOrder
import dev.muster.java.parity.saw
import dev.muster.java.parity.script

/** Who takes which form of a prompt: only models take requests. */
private val all = Addressee.entries.flatMap { whom ->
    listOf(Form.TEXT, Form.MESSAGE, Form.REQUEST)
        .filter { it != Form.REQUEST || whom == Addressee.MODEL }
        .map { whom to it }
}

private val typed = Typed(ulm, Answer(ULM, tokens = 3))

/** A1, A12, C7: prompts as texts, messages and requests; responses as texts and as objects. */
internal val formRows = listOf(
    Row(
        id = "A1.7",
        says = "texts, messages with images and requests are asked alike, by models, agents and conversations",
        server = script("Ulm?" to text("On the Donau.").usage(2, 1)),
        run = inOrder(*all.map { (whom, form) -> Put(whom, form, "Ulm?") }.toTypedArray()),
        ends = Gives(all.map { "On the Donau." }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "A1.8",
        says = "and their responses come whole alike",
        server = script("Ulm?" to text("On the Donau.").usage(2, 1)),
        run = inOrder(*all.map { (whom, form) -> Put(whom, form, "Ulm?", whole = true) }.toTypedArray()),
        ends = Gives(all.map { Answer("On the Donau.", tokens = 3) }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "A1.9",
        says = "and are streamed alike",
        server = script("Ulm?" to tokens("On", "Donau")),
        run = inOrder(*all.map { (whom, form) -> PutStream(whom, form, "Ulm?") }.toTypedArray()),
        ends = Gives(all.map { listOf("On", "Donau") }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "C7.4",
        says = "each form of a prompt is answered by an object",
        server = script("Ulm?" to text(ULM)),
        run = inOrder(*all.map { (whom, form) -> Put(whom, form, "Ulm?", typed = true) }.toTypedArray()),
        ends = Gives(all.map { ulm }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "C7.5",
        says = "each form of a prompt is answered by an object with its response",
        server = script("Ulm?" to text(ULM).usage(2, 1)),
        run = inOrder(*all.map { (whom, form) -> Put(whom, form, "Ulm?", typed = true, whole = true) }.toTypedArray()),
        ends = Gives(all.map { typed }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "C7.6",
        says = "each form of a prompt is answered by a stream whose last event has the object",
        server = script("Ulm?" to tokens(ULM).usage(2, 1)),
        run = inOrder(*all.map { (whom, form) -> PutStream(whom, form, "Ulm?", typed = true) }.toTypedArray()),
        ends = Gives(all.map { listOf(ULM, typed) }),
        saw = saw(requests = all.size),
        wires = Wire.entries,
    ),
    Row(
        id = "A12.3",
        says = "turns with messages and objects are remembered, whole and streamed",
        server = script("a" to text("1"), "Ulm?" to text(ULM)),
        run = inOrder(
            Put(Addressee.CONVERSATION, Form.MESSAGE, "a"),
            Put(Addressee.CONVERSATION, Form.MESSAGE, "Ulm?", typed = true),
            PutStream(Addressee.CONVERSATION, Form.MESSAGE, "a"),
            Remembered,
        ),
        ends = Gives(listOf("1", ulm, listOf("1"), listOf("a", "1", "Ulm?", ULM, "a", "1"))),
        saw = saw(requests = 3),
        wires = Wire.entries,
    ),
) + Addressee.entries.flatMapIndexed { index, whom ->
    listOf(
        Row(
            id = "A1.${10 + 2 * index}",
            says = "a message that is not the user's is refused by a ${whom.name.lowercase()} and not sent",
            run = Put(whom, Form.ANSWER, "a"),
            ends = fails<InvalidRequestException>(saying = "must be a user message"),
            saw = saw(requests = 0),
        ),
        Row(
            id = "A1.${11 + 2 * index}",
            says = "so is one in a stream of objects, and the next prompt is answered",
            server = script("b" to text("B")),
            run = inOrder(
                Recover(PutStream(whom, Form.ANSWER, "a", typed = true), InvalidRequestException::class.java, "no"),
                Put(whom, Form.TEXT, "b"),
            ),
            ends = Gives(listOf("no", "B")),
            taken = emptyList(),
            saw = saw(requests = 1),
        ),
    )
}
