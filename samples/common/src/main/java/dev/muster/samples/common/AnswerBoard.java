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
 * The state that {@code swing-answers} shows: answers that are being written. Only the thread of the user
 * interface may use it. It counts the changes that arrive on another thread.
 */
public final class AnswerBoard {
  /** The state of an answer. */
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

  /** Creates a board of answers to {@code prompts}. {@code onItsThread} says if the current thread is the board's. */
  public AnswerBoard(List<String> prompts, BooleanSupplier onItsThread) {
    this.answers = prompts.stream().map(Answer::new).toList();
    this.onItsThread = onItsThread;
    this.running = new CountDownLatch(prompts.size());
  }

  /** Returns the number of answers. */
  public int size() {
    return answers.size();
  }

  /** Returns the question. */
  public String prompt(int index) {
    return answers.get(index).prompt;
  }

  /** Returns the answer so far. */
  public String text(int index) {
    return answers.get(index).text.toString();
  }

  /** Returns the state of the answer. */
  public State state(int index) {
    return answers.get(index).state;
  }

  /** Returns the failure of the answer; empty if it did not fail. */
  public String note(int index) {
    return answers.get(index).note;
  }

  /** Returns how many pieces of the answer have arrived. */
  public int tokens(int index) {
    return answers.get(index).tokens;
  }

  /** Returns how many pieces of all answers have arrived. */
  public int tokens() {
    return answers.stream().mapToInt(answer -> answer.tokens).sum();
  }

  /** Returns how many answers are in {@code state}. */
  public int count(State state) {
    return (int) answers.stream().filter(answer -> answer.state == state).count();
  }

  /** Returns how many changes arrived on a thread other than the board's. */
  public int elsewhere() {
    return elsewhere;
  }

  /** Calls {@code listener} on the board's thread with the index of each answer that changes. */
  public void onChange(IntConsumer listener) {
    IntConsumer before = this.listener;
    this.listener = index -> {
      before.accept(index);
      listener.accept(index);
    };
  }

  /** Appends a piece to the answer. */
  public void token(int index, String token) {
    Answer answer = answers.get(index);
    answer.text.append(token);
    answer.tokens++;
    changed(index, State.WRITING);
  }

  /** Marks the answer as complete. */
  public void done(int index) {
    ended(index, State.DONE);
  }

  /** Marks the answer as cancelled or failed. */
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

  /** Waits until every answer has ended. Call it on a thread other than the board's. */
  public void awaitEnd(Duration patience) {
    try {
      if (running.await(patience.toMillis(), TimeUnit.MILLISECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new SampleException("The answers did not end within " + Text.limit(patience));
  }

  /** Returns a line for each answer. Call it when all have ended. */
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
