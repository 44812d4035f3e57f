package dev.muster.java.cancel

import dev.muster.fake.FakeReply
import java.time.Duration

/** The state of a call when it is cancelled. */
internal class Phase(
    /** Its name in the issue. */
    val name: String,
    /** How the call gets into this phase, if there are several ways. */
    val way: String,
    /** Whether nothing of the call is open in this phase: a cancel then shows in that nothing more is sent. */
    val isSilent: Boolean = false,
    /** Creates a peer that brings every call into this phase and no further. */
    val open: () -> Scene,
) {
    override fun toString(): String = if (way.isEmpty()) name else "$name, $way"

    companion object {
        /** The phases of the table. */
        val all: List<Phase> = listOf(
            Phase("queued for a slot", "", isSilent = true, ::QueueScene),
            Phase("back-off", "", isSilent = true, ::BackOffScene),
            Phase("connecting", "no TLS hello comes back", open = ::MuteTlsScene),
            Phase("connecting", "the listener's backlog is full", open = ::FullBacklogScene),
            Phase("waiting for headers", "") { FakeScene(FakeReply.hang(), Tokens.NONE) },
            Phase("flowing", "") { FakeScene(FLOW, Tokens.FLOWING) },
            Phase("stalled", "") { FakeScene(FakeReply.tokens("one ", "two ").stallAfter(1), Tokens.STALLED) },
            Phase("inside a tool", "", open = ::ToolScene),
        )

        private val FLOW = FakeReply.endless("token ").tokenDelay(Duration.ofMillis(1))
    }
}
