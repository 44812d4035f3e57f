package dev.muster.samples.java;

import dev.muster.java.Agent;
import dev.muster.java.CallHandle;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.AnswerBoard;
import dev.muster.samples.common.AnswersWindow;
import dev.muster.samples.common.DemoServer;
import dev.muster.samples.common.Launcher;
import dev.muster.samples.common.SampleOptions;
import dev.muster.samples.common.SwingAnswersOptions;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.swing.SwingUtilities;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ten answers stream into a window. They need no thread of the program, and Swing's thread never waits. */
@Command(name = "swing-answers", description = "Ten answers stream into a window that stays alive.")
final class SwingAnswers implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Mixin
  private SampleOptions options;

  @Mixin
  private SwingAnswersOptions flags;

  private final DemoServer server;
  private final ConcurrencyMeter meter = new ConcurrencyMeter();

  /** The answers that are being written. Only the thread of the user interface uses it. */
  private final List<CallHandle<Void>> running = new ArrayList<>();

  SwingAnswers(DemoServer server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    Target target = options.target(server, Duration.ofSeconds(1));
    System.out.println(target.banner());
    AnswerBoard board;
    try (Muster muster = Samples.connect(target)) {
      Agent agent = muster.agent(target.model()).maxTokens(120).build();
      board = flags.inAWindow() ? inAWindow(agent) : withoutAWindow(agent);
    }
    System.out.println(Text.title("Answers"));
    board.lines().forEach(System.out::println);
    System.out.println(board.elsewhere() + " changes on another thread than the user interface's");
    System.out.println(Text.summary(meter.report()));
    return board.elsewhere() == 0 ? Launcher.OK : Launcher.FAILED;
  }

  private AnswerBoard inAWindow(Agent agent) throws Exception {
    AnswerBoard board = new AnswerBoard(flags.prompts(), SwingUtilities::isEventDispatchThread);
    AnswersWindow[] window = new AnswersWindow[1];
    SwingUtilities.invokeAndWait(() -> {
      window[0] = new AnswersWindow(board, flags.closesItself(), this::cancel);
      window[0].open();
      start(agent, board, SwingUtilities::invokeLater);
    });
    window[0].awaitClosed();
    // Closing cancelled the calls that still ran. Swing's thread learns of it later.
    board.awaitEnd(PATIENCE);
    SwingUtilities.invokeAndWait(() -> System.out.println(window[0].liveliness()));
    return board;
  }

  /** The same on the single thread of an executor. */
  private AnswerBoard withoutAWindow(Agent agent) throws Exception {
    System.out.println("Without a window.");
    ExecutorService ui = Executors.newSingleThreadExecutor();
    try {
      Thread itsThread = ui.submit(Thread::currentThread).get();
      AnswerBoard board =
          new AnswerBoard(flags.prompts(), () -> Thread.currentThread() == itsThread);
      ui.execute(() -> start(agent, board, ui));
      board.awaitEnd(PATIENCE);
      return board;
    } finally {
      ui.shutdown();
    }
  }

  /** Starts all answers and returns at once. Their callbacks run on {@code ui}. */
  private void start(Agent agent, AnswerBoard board, Executor ui) {
    flags.cancelWhenTold(board, this::cancel);
    for (int i = 0; i < board.size(); i++) {
      int index = i;
      running.add(agent.stream(board.prompt(index))
          .text()
          .forEach(ui, token -> board.token(index, token))
          .measuredBy(meter)
          .enqueue(ended -> board.done(index), failure -> board.failed(index, failure)));
    }
  }

  /** Closes the connections of the answers that are not complete. The provider stops writing. */
  private void cancel() {
    running.forEach(CallHandle::cancel);
  }
}
