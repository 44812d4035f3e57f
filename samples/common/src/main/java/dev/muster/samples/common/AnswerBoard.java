package dev.muster.samples.common;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/**
 * What {@code swing-answers} shows, without how: answers that are being written. All of it belongs to
 * one thread, the user interface's, and it counts what comes on another.
 */
public final class AnswerBoard {
  /** Where an answer is. */
  public enum State {
    WAITING,
    WRITING,
    DONE,
    CANCELLED,
    FAILED
  }

  private static final class Answer {
    final String prompt;
    final StringBuilder text = new StringBuilder();
    State state = State.WAITING;
    String note = "";
    int tokens;

    Answer(String prompt) {
      this.prompt = prompt;
    }
  }

  private final List<Answer> answers;
  private final BooleanSupplier onItsThread;
  private final CountDownLatch running;
  private IntConsumer listener = index -> {};
  private int elsewhere;

  /** A board of answers to {@code prompts}, where {@code onItsThread} tells its thread. */
  public AnswerBoard(List<String> prompts, BooleanSupplier onItsThread) {
    this.answers = prompts.stream().map(Answer::new).toList();
    this.onItsThread = onItsThread;
    this.running = new CountDownLatch(prompts.size());
  }

  /** How many answers there are. */
  public int size() {
    return answers.size();
  }

  /** The question. */
  public String prompt(int index) {
    return answers.get(index).prompt;
  }

  /** The answer so far. */
  public String text(int index) {
    return answers.get(index).text.toString();
  }

  /** Where the answer is. */
  public State state(int index) {
    return answers.get(index).state;
  }

  /** What the answer failed with; empty where it did not. */
  public String note(int index) {
    return answers.get(index).note;
  }

  /** How many pieces of the answer have come. */
  public int tokens(int index) {
    return answers.get(index).tokens;
  }

  /** How many pieces of all answers have come. */
  public int tokens() {
    return answers.stream().mapToInt(answer -> answer.tokens).sum();
  }

  /** How many answers are in {@code state}. */
  public int count(State state) {
    return (int) answers.stream().filter(answer -> answer.state == state).count();
  }

  /** How many changes came on a thread that is not the board's. */
  public int elsewhere() {
    return elsewhere;
  }

  /** Tells {@code listener} of each answer that changes, on the board's thread. */
  public void onChange(IntConsumer listener) {
    IntConsumer before = this.listener;
    this.listener = index -> {
      before.accept(index);
      listener.accept(index);
    };
  }

  /** A further piece of the answer has come. */
  public void token(int index, String token) {
    Answer answer = answers.get(index);
    answer.text.append(token);
    answer.tokens++;
    changed(index, State.WRITING);
  }

  /** The answer is whole. */
  public void done(int index) {
    ended(index, State.DONE);
  }

  /** The answer was cancelled, or failed. */
  public void failed(int index, Throwable failure) {
    if (failure instanceof CancellationException) {
      ended(index, State.CANCELLED);
    } else {
      answers.get(index).note = Text.failure(failure);
      ended(index, State.FAILED);
    }
  }

  private void ended(int index, State state) {
    changed(index, state);
    running.countDown();
  }

  private void changed(int index, State state) {
    if (!onItsThread.getAsBoolean()) elsewhere++;
    answers.get(index).state = state;
    listener.accept(index);
  }

  /** Waits on another thread than the board's until every answer has ended. */
  public void awaitEnd(Duration patience) {
    try {
      if (running.await(patience.toMillis(), TimeUnit.MILLISECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SampleException("The answers have not ended within " + Text.limit(patience));
  }

  /** A line for each answer, when all have ended. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      String end = note(i).isEmpty() ? text(i) : note(i);
      lines.add(
          prompt(i) + " -> " + (state(i) == State.DONE ? "" : state(i) + " ") + Text.oneLine(end));
    }
    return lines;
  }
}
