package web

import dev.muster.agent.ask
import dev.muster.chat.text
import dev.muster.concurrent.deadline
import dev.muster.model.ChatModel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import org.springframework.http.MediaType
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RequestParam
import org.springframework.web.bind.annotation.RestController

/** Answers and streams from Spring WebFlux, which knows suspend functions and flows. */
@RestController
internal class FluxSuspendController(private val model: ChatModel, private val limits: Limits) {
    @GetMapping("/suspend/ask")
    suspend fun ask(@RequestParam prompt: String): String = deadline(limits.limit()) { model.ask(prompt) }

    @GetMapping("/suspend/tokens", produces = [MediaType.TEXT_EVENT_STREAM_VALUE])
    fun tokens(@RequestParam prompt: String): Flow<Token> = model.stream(prompt).text().map { Token(it) }
}
