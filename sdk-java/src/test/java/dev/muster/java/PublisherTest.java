package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.StreamTruncatedException;
import dev.muster.fake.FakeReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class PublisherTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("the publisher passes the Reactive Streams TCK")
  void passesTheTck() {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG suite = new TestNG(false);
    suite.setTestClasses(new Class<?>[] {Verification.class});
    suite.addListener(results);
    suite.setVerbose(0);
    suite.run();
    System.out.printf(
        "Reactive Streams TCK: %d passed, %d failed, %d not applicable%n",
        results.getPassedTests().size(),
        results.getFailedTests().size(),
        results.getSkippedTests().size());
    results.getFailedTests().forEach(failed -> failed.getThrowable().printStackTrace());
    assertEquals(List.of(), results.getFailedTests());
    assertTrue(
        results.getPassedTests().size() >= 23,
        "only " + results.getPassedTests().size());
  }

  /** The TCK skips some of these rules because they apply to other kinds of publishers. */
  public static final class Verification extends FlowPublisherVerification<Long> {
    public Verification() {
      super(new TestEnvironment(5_000, 100), 1000);
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
      return Calls.mapConcurrent(LongStream.range(0, elements)::iterator, 1, Call::value)
          .publisher();
    }

    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
      return null;
    }

    @Override
    public long maxElementsFromPublisher() {
      return 100_000;
    }
  }

  private Flux<String> flux(String prompt) {
    return JdkFlowAdapter.flowPublisherToFlux(wire.model().stream(prompt).text().publisher());
  }

  @Test
  @DisplayName("A15 Reactor gets the tokens, anew for each subscriber, and nothing is sent before")
  void reactor() {
    wire.server.otherwise(FakeReply.tokens("one ", "two ", "three"));
    Flux<String> flux = flux("Count");
    assertEquals(0, wire.server.requestCount());
    assertEquals(List.of("one ", "two ", "three"), flux.collectList().block());
    assertEquals("one two three", flux.reduce(String::concat).block());
    assertEquals(2, wire.server.requestCount());
  }

  @Test
  @DisplayName("a value that is null is no signal: the stream fails there, at its end too")
  void nullIsNoSignal() {
    for (String last : List.of("two", "three")) {
      Flow.Publisher<String> publisher = Calls.mapConcurrent(
              List.of("one", "two", "three"), 1, Call::value)
          .map(value -> value.equals(last) ? null : value)
          .publisher();
      List<String> seen = new CopyOnWriteArrayList<>();
      NullPointerException e = assertThrows(
          NullPointerException.class,
          () -> JdkFlowAdapter.flowPublisherToFlux(publisher)
              .doOnNext(seen::add)
              .blockLast(Duration.ofSeconds(60)));
      assertTrue(e.getMessage().contains("map null to another value"), e::toString);
      assertEquals(last.equals("two") ? List.of("one") : List.of("one", "two"), seen);
    }
  }

  @Test
  @DisplayName("A16 Reactor's take cancels, and the server sees the disconnect")
  void take() {
    wire.server.otherwise(FakeReply.endless("more "));
    assertEquals(List.of("more ", "more "), flux("Count").take(2).collectList().block());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("A15 a subscriber that asks for little holds up the server")
  void demand() {
    String token = "x".repeat(2_000) + " ";
    wire.server.otherwise(FakeReply.endless(token));
    List<String> two = flux("Count").limitRate(1).take(2).collectList().block();
    assertEquals(List.of(token, token), two);
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("C13 a stream that is cut off is an error of the flux, with what had arrived")
  void cutOff() {
    wire.server.otherwise(FakeReply.tokens("one ", "two").cutAfter(1));
    StreamTruncatedException e = assertInstanceOf(
        StreamTruncatedException.class,
        assertThrows(
            RuntimeException.class, () -> flux("Count").blockLast(Duration.ofSeconds(60))));
    assertEquals("one ", e.partialText());
  }

  @Test
  @DisplayName("B25 a subscriber that throws has cancelled: no further signal, closed, and logged")
  void subscriberThatThrows() throws Exception {
    FakeReply two = FakeReply.tokens("one ", "two");
    assertEquals(List.of("onSubscribe"), signalsTo("onSubscribe", two));
    assertEquals(0, wire.server.requestCount());
    assertEquals(List.of("onSubscribe", "onNext"), signalsTo("onNext", FakeReply.endless("more ")));
    wire.server.awaitDisconnects(1, Wire.SOON);
    assertEquals(
        List.of("onSubscribe", "onNext", "onNext", "onComplete"), signalsTo("onComplete", two));
    assertEquals(
        List.of("onSubscribe", "onNext", "onError"), signalsTo("onError", two.cutAfter(1)));
  }

  private List<String> signalsTo(String throwing, FakeReply reply) throws Exception {
    wire.server.otherwise(reply);
    Throwing subscriber = new Throwing(throwing);
    try (CapturedLog log = new CapturedLog()) {
      wire.model().stream("Count").text().publisher().subscribe(subscriber);
      log.await("A subscriber threw");
      log.await("mine: " + throwing);
    }
    wire.server.awaitIdle(Wire.SOON);
    return subscriber.signals;
  }

  private static final class Throwing implements Flow.Subscriber<String> {
    final List<String> signals = new CopyOnWriteArrayList<>();
    private final String where;

    Throwing(String where) {
      this.where = where;
    }

    private void signal(String signal) {
      signals.add(signal);
      if (signal.equals(where)) throw new IllegalStateException("mine: " + where);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
      signal("onSubscribe");
    }

    @Override
    public void onNext(String item) {
      signal("onNext");
    }

    @Override
    public void onError(Throwable failure) {
      signal("onError");
    }

    @Override
    public void onComplete() {
      signal("onComplete");
    }
  }
}
