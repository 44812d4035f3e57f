package smoke

import dev.muster.MusterClient
import dev.muster.agent.AgentEvent
import dev.muster.agent.Description
import dev.muster.agent.returning
import dev.muster.agent.text
import dev.muster.agent.tool
import dev.muster.batch.batch
import dev.muster.chat.text
import dev.muster.concurrent.gather
import dev.muster.concurrent.race
import dev.muster.fake.FakeReply
import dev.muster.fake.FakeServer
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import java.time.Duration

/** Checks calls from Kotlin. */
class SuspendChecks(private val server: FakeServer) {
    private val client = MusterClient { environment(server.environment()) }
    private val model = client.model("openai::m")

    fun run(checks: Checks) = client.use {
        checks.suspending("suspend ask") { Checks.same("You said: Hi", model.ask("Hi")) }
        checks.suspending("suspend gather") {
            val prompts = List(40) { "Number $it" }
            Checks.same(prompts.map { "You said: $it" }, gather(prompts) { model.ask(it) })
        }
        checks.suspending("suspend race") { race() }
        checks.suspending("flow") { stream() }
        checks.suspending("suspend tool") { tool() }
        checks.suspending("ask<T>") { answers() }
        checks.suspending("suspend batch") {
            val report = batch(listOf("a", "b"), { concurrency(1) }) { model.ask(it) }
            Checks.same(listOf("You said: a", "You said: b"), report.values)
        }
        checks.suspending("cancelled coroutine") { cancel() }
    }

    private suspend fun race() {
        val before = server.disconnects
        server.onPrompt("hang").reply(FakeReply.hang())
        // Only when both have arrived: a loser that was never sent has no connection to close.
        server.onPrompt("quick").reply(FakeReply.text("Hi").holdUntil(server.requestCount + 2))
        val winner = race {
            branch("slow") { model.ask("hang") }
            branch("fast") { model.ask("quick") }
        }
        Checks.same("fast: Hi", "${winner.label}: ${winner.value}")
        server.awaitDisconnects(before + 1, SOON)
    }

    private suspend fun stream() {
        server.onPrompt("tokens").reply(FakeReply.tokens("a", "b", "c"))
        for (id in listOf("openai::m", "anthropic::m", "gemini::m", "ollama::m")) {
            Checks.same(listOf("a", "b", "c"), client.model(id).stream("tokens").text().toList())
        }
        val before = server.disconnects
        server.onPrompt("endless").reply(FakeReply.endless("word "))
        Checks.same("word ", model.stream("endless").text().first())
        server.awaitDisconnects(before + 1, SOON)
    }

    @Serializable
    class City(@Description("Its name") val name: String, val country: String? = null)

    private suspend fun tool() {
        val heard = mutableListOf<String>()
        val weather = tool("weather", "Tells the weather") { city: City ->
            heard += "${city.name}, ${city.country}"
            "sunny"
        }
        val agent = client.agent("anthropic::m") { tool(weather) }
        val call = FakeReply.toolCall("call_1", "weather", """{"name":"Paris"}""")
        server.onPrompt("weather").replies(call, FakeReply.text("It is sunny."), call, FakeReply.tokens("Sun", "ny"))
        Checks.same("It is sunny.", agent.ask("weather"))
        Checks.same(listOf("Sun", "ny"), agent.stream("weather").text().toList())
        Checks.same(listOf("Paris, null", "Paris, null"), heard)
    }

    @Serializable
    sealed interface Reply

    @Serializable
    data class Order(val dish: String, val count: Int) : Reply

    @Serializable
    data class Question(val text: String? = null) : Reply

    @Serializable
    data class Talk(val replies: List<Reply>, val level: Level = Level.EASY)

    @Serializable
    enum class Level { EASY, HARD }

    private suspend fun answers() {
        val order = """{"type":"smoke.SuspendChecks.Order","dish":"Soup","count":2}"""
        server.onPrompt("guest").reply(FakeReply.text(order))
        server.onPrompt("talk").reply(FakeReply.text("""{"replies":[$order],"level":"HARD"}"""))
        Checks.same(Order("Soup", 2), model.returning<Reply>().ask("guest"))
        Checks.same(Talk(listOf(Order("Soup", 2)), Level.HARD), client.agent("openai::m").returning<Talk>().ask("talk"))
        val last = client.agent("openai::m").returning<Talk>().stream("talk").last()
        Checks.same(Level.HARD, ((last as AgentEvent.Finished).structured?.value as Talk).level)
    }

    private suspend fun cancel() = coroutineScope {
        val requests = server.requestCount
        val before = server.disconnects
        server.onPrompt("hang").reply(FakeReply.hang())
        val asked = async { gather(List(3) { "hang" }) { model.ask(it) } }
        kotlinx.coroutines.withContext(kotlinx.coroutines.Dispatchers.IO) {
            server.awaitRequests(requests + 3, SOON)
            asked.cancel()
            server.awaitDisconnects(before + 3, SOON)
        }
    }

    private fun Checks.suspending(name: String, body: suspend () -> Unit) = check(name) { runBlocking { body() } }

    private companion object {
        val SOON: Duration = Duration.ofSeconds(30)
    }
}
