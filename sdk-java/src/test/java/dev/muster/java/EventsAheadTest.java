package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.facade.FlowComposition;
import dev.muster.java.internal.Bridge;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Some events are read ahead: a bounded number, and none is lost that came before the end. */
@Timeout(180)
class EventsAheadTest {
  private static final int ALL = 1_000;

  /** 64 in the buffer, and one that waits for space in it. */
  private static final int AHEAD = 65;

  private final AtomicInteger made = new AtomicInteger();
  private final Semaphore makings = new Semaphore(0);

  private StreamCall<Integer> events(int failingAt, RuntimeException failure) {
    List<Integer> numbers = IntStream.range(0, ALL).boxed().toList();
    return StreamCall.ofEvents(
        () -> FlowComposition.<Integer, Integer>mappedEach(Bridge.flow(numbers), (number, k) -> {
          if (number == failingAt) throw failure;
          made.incrementAndGet();
          makings.release();
          return number;
        }),
        null);
  }

  private StreamCall<Integer> events() {
    return events(-1, null);
  }

  private void awaitMade(int more) {
    try {
      assertTrue(makings.tryAcquire(more, 60, TimeUnit.SECONDS), () -> "made only " + made);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLoopHasNoMoreThanSixtyFourEventsReadAhead() {
    try (CallStream<Integer> stream = events().open()) {
      Iterator<Integer> iterator = stream.iterator();
      for (int taken = 1; taken <= 100; taken++) {
        assertEquals(taken - 1, iterator.next());
        awaitMade(taken == 1 ? 1 + AHEAD : 1);
        assertEquals(taken + AHEAD, made.get());
      }
    }
  }

  @Test
  void aConsumerHasNoMoreThanSixtyFourEventsReadAhead() {
    List<Integer> taken = new ArrayList<>();
    events()
        .forEach(number -> {
          taken.add(number);
          // The first event is taken before its consumer is called, like all others.
          if (taken.size() > 100) return;
          awaitMade(taken.size() == 1 ? 1 + AHEAD : 1);
          assertEquals(taken.size() + AHEAD, made.get());
        })
        .execute();
    assertEquals(IntStream.range(0, ALL).boxed().toList(), taken);
  }

  @Test
  void whatCameBeforeAFailureIsTakenBeforeItIsThrown() {
    IllegalStateException failure = new IllegalStateException("broken");
    List<Integer> consumed = new ArrayList<>();
    Call<Void> forEach = events(40, failure).forEach(consumed::add);
    assertSame(failure, assertThrows(IllegalStateException.class, forEach::execute));
    assertEquals(40, consumed.size());
    List<Integer> looped = new ArrayList<>();
    try (CallStream<Integer> stream = events(40, failure).open()) {
      assertSame(
          failure, assertThrows(IllegalStateException.class, () -> stream.forEach(looped::add)));
    }
    assertEquals(40, looped.size());
  }

  @Test
  void aCancelledConsumerSeesNoFurtherEvent() throws Exception {
    AtomicInteger consumed = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CallFuture<Void> future = events()
        .forEach(number -> {
          consumed.incrementAndGet();
          awaitMade(1 + AHEAD);
          inside.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            // The flag is cleared, as if user code had swallowed the interrupt.
            interrupted.countDown();
          }
        })
        .executeAsync();
    assertTrue(inside.await(60, TimeUnit.SECONDS));
    future.cancel(true);
    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    assertThrows(CancellationException.class, future::join);
    assertEquals(1, consumed.get());
  }
}
