package dev.muster.samples.kotlin

import dev.muster.agent.ChatAgent
import dev.muster.agent.text
import dev.muster.error.LlmException
import dev.muster.observe.ConcurrencyMeter
import dev.muster.samples.common.AnswerBoard
import dev.muster.samples.common.AnswersWindow
import dev.muster.samples.common.DemoServer
import dev.muster.samples.common.Launcher
import dev.muster.samples.common.SampleOptions
import dev.muster.samples.common.SwingAnswersOptions
import dev.muster.samples.common.Text
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import picocli.CommandLine.Command
import picocli.CommandLine.Mixin
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import javax.swing.SwingUtilities

/** Ten answers stream into a window. They need no thread of the program, and Swing's thread never waits. */
@Command(name = "swing-answers", description = ["Ten answers stream into a window that stays alive."])
internal class SwingAnswers(private val server: DemoServer) : Callable<Int> {
    @Mixin
    private lateinit var options: SampleOptions

    @Mixin
    private lateinit var flags: SwingAnswersOptions

    private val meter = ConcurrencyMeter()

    /** The answers that are being written. */
    private val running = Job()

    override fun call(): Int {
        val target = options.target(server, Duration.ofSeconds(1))
        println(target.banner())
        val board = connect(target).use { client ->
            val agent = client.agent(target.model()) { maxTokens(120) }
            runBlocking { if (flags.inAWindow()) inAWindow(agent) else withoutAWindow(agent) }
        }
        println(Text.title("Answers"))
        board.lines().forEach(::println)
        println("${board.elsewhere()} changes on another thread than the user interface's")
        println(Text.summary(meter.report()))
        return if (board.elsewhere() == 0) Launcher.OK else Launcher.FAILED
    }

    private suspend fun inAWindow(agent: ChatAgent): AnswerBoard {
        val ui = Executor(SwingUtilities::invokeLater).asCoroutineDispatcher()
        val board = AnswerBoard(flags.prompts(), SwingUtilities::isEventDispatchThread)
        val window = withContext(ui) {
            AnswersWindow(board, flags.closesItself(), ::cancel).also {
                it.open()
                start(agent, board, ui)
            }
        }
        withContext(Dispatchers.IO) {
            window.awaitClosed()
            board.awaitEnd(PATIENCE)
        }
        println(withContext(ui) { window.liveliness() })
        return board
    }

    /** The same on the single thread of an executor. */
    private suspend fun withoutAWindow(agent: ChatAgent): AnswerBoard {
        println("Without a window.")
        return Executors.newSingleThreadExecutor().asCoroutineDispatcher().use { ui ->
            val itsThread = withContext(ui) { Thread.currentThread() }
            val board = AnswerBoard(flags.prompts()) { Thread.currentThread() === itsThread }
            withContext(ui) { start(agent, board, ui) }
            withContext(Dispatchers.IO) { board.awaitEnd(PATIENCE) }
            board
        }
    }

    /** Starts all answers and returns at once. Their results arrive on [ui]. */
    private fun start(agent: ChatAgent, board: AnswerBoard, ui: CoroutineDispatcher) {
        flags.cancelWhenTold(board, ::cancel)
        val scope = CoroutineScope(ui + running)
        // Undispatched: a coroutine that is cancelled before it is dispatched would not mark its answer.
        for (index in 0 until board.size()) {
            scope.launch(start = CoroutineStart.UNDISPATCHED) { write(agent, board, index) }
        }
    }

    private suspend fun write(agent: ChatAgent, board: AnswerBoard, index: Int) {
        try {
            meter.measure {
                // The collector's thread decodes the answer. Move that off the window's thread.
                agent.stream(board.prompt(index)).text().flowOn(Dispatchers.Default).collect { token ->
                    board.token(index, token)
                }
            }
            board.done(index)
        } catch (e: LlmException) {
            board.failed(index, e)
        } catch (e: CancellationException) {
            board.failed(index, e)
            throw e
        }
    }

    /** Closes the connections of the answers that are not complete. The provider stops writing. */
    private fun cancel() = running.cancelChildren()

    private companion object {
        val PATIENCE: Duration = Duration.ofMinutes(5)
    }
}
