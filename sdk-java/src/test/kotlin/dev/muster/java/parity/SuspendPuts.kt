package dev.muster.java.parity

import dev.muster.agent.ChatAgent
import dev.muster.agent.ChatConversation
import dev.muster.agent.returning
import dev.muster.agent.text
import dev.muster.chat.ChatRequest
import dev.muster.chat.ContentPart
import dev.muster.chat.Message
import dev.muster.chat.text
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow

/** Runs each [Put] as a Kotlin program does: with the overload for its form. */
internal class SuspendPuts(
    private val model: ChatModel,
    private val agent: ChatAgent,
    private val conversation: ChatConversation,
) {
    suspend fun value(op: Put): Any? = when (op.whom) {
        Addressee.MODEL -> if (op.typed) typedModel(op) else model(op)
        Addressee.AGENT -> if (op.typed) typedAgent(op) else agent(op)
        Addressee.CONVERSATION -> if (op.typed) typedConversation(op) else conversation(op)
    }

    fun flow(op: PutStream): Flow<Any?> = when (op.whom) {
        Addressee.MODEL -> if (op.typed) typedModel(op) else model(op)
        Addressee.AGENT -> if (op.typed) typedAgent(op) else agent(op)
        Addressee.CONVERSATION -> if (op.typed) typedConversation(op) else conversation(op)
    }

    private suspend fun model(op: Put): Any? = when (op.form) {
        Form.TEXT -> if (op.whole) model.chat(op.prompt) else model.ask(op.prompt)
        Form.REQUEST -> if (op.whole) model.chat(request(op.prompt)) else model.ask(request(op.prompt))
        else -> message(op.form, op.prompt).let { if (op.whole) model.chat(it) else model.ask(it) }
    }

    private suspend fun typedModel(op: Put): Any? {
        val towns = model.returning<SerialTown>()
        return when (op.form) {
            Form.TEXT -> if (op.whole) towns.chat(op.prompt) else towns.ask(op.prompt)
            Form.REQUEST -> if (op.whole) towns.chat(request(op.prompt)) else towns.ask(request(op.prompt))
            else -> message(op.form, op.prompt).let { if (op.whole) towns.chat(it) else towns.ask(it) }
        }
    }

    private suspend fun agent(op: Put): Any? = when (op.form) {
        Form.TEXT -> if (op.whole) agent.chat(op.prompt) else agent.ask(op.prompt)
        else -> message(op.form, op.prompt).let { if (op.whole) agent.chat(it) else agent.ask(it) }
    }

    private suspend fun typedAgent(op: Put): Any? {
        val towns = agent.returning<SerialTown>()
        return when (op.form) {
            Form.TEXT -> if (op.whole) towns.chat(op.prompt) else towns.ask(op.prompt)
            else -> message(op.form, op.prompt).let { if (op.whole) towns.chat(it) else towns.ask(it) }
        }
    }

    private suspend fun conversation(op: Put): Any? = when (op.form) {
        Form.TEXT -> if (op.whole) conversation.chat(op.prompt) else conversation.ask(op.prompt)
        else -> message(op.form, op.prompt).let { if (op.whole) conversation.chat(it) else conversation.ask(it) }
    }

    private suspend fun typedConversation(op: Put): Any? {
        val towns = conversation.returning<SerialTown>()
        return when (op.form) {
            Form.TEXT -> if (op.whole) towns.chat(op.prompt) else towns.ask(op.prompt)
            else -> message(op.form, op.prompt).let { if (op.whole) towns.chat(it) else towns.ask(it) }
        }
    }

    private fun model(op: PutStream): Flow<Any?> = when (op.form) {
        Form.TEXT -> model.stream(op.prompt)
        Form.REQUEST -> model.stream(request(op.prompt))
        else -> model.stream(message(op.form, op.prompt))
    }.text()

    private fun typedModel(op: PutStream): Flow<Any?> {
        val towns = model.returning<SerialTown>()
        return when (op.form) {
            Form.TEXT -> towns.stream(op.prompt)
            Form.REQUEST -> towns.stream(request(op.prompt))
            else -> towns.stream(message(op.form, op.prompt))
        }
    }

    private fun agent(op: PutStream): Flow<Any?> = when (op.form) {
        Form.TEXT -> agent.stream(op.prompt)
        else -> agent.stream(message(op.form, op.prompt))
    }.text()

    private fun typedAgent(op: PutStream): Flow<Any?> {
        val towns = agent.returning<SerialTown>()
        return if (op.form == Form.TEXT) towns.stream(op.prompt) else towns.stream(message(op.form, op.prompt))
    }

    private fun conversation(op: PutStream): Flow<Any?> = when (op.form) {
        Form.TEXT -> conversation.stream(op.prompt)
        else -> conversation.stream(message(op.form, op.prompt))
    }.text()

    private fun typedConversation(op: PutStream): Flow<Any?> {
        val towns = conversation.returning<SerialTown>()
        return if (op.form == Form.TEXT) towns.stream(op.prompt) else towns.stream(message(op.form, op.prompt))
    }

    companion object {
        private val IMAGE = ContentPart.Image.of(byteArrayOf(1, 2, 3), "image/png")

        /** Also for the runners in Java. */
        @JvmStatic
        fun message(form: Form, prompt: String): Message = when (form) {
            Form.MESSAGE -> Message.user(ContentPart.Text(prompt), IMAGE)
            Form.ANSWER -> Message.assistant(prompt)
            else -> error("$form is not a message")
        }

        @JvmStatic
        fun request(prompt: String): ChatRequest = ChatRequest.of(prompt)
    }
}
