package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.chat.ChatEvent;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.RaceResult;
import dev.muster.error.CallInterruptedException;
import dev.muster.fake.FakeReply;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However a call is cancelled, the server sees its client disconnect. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CancellationTest {
  private static final int MANY = 50;
  private static final List<String> PROMPTS =
      IntStream.range(0, MANY).mapToObj(i -> "prompt " + i).toList();

  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  /** Composed calls of {@link #MANY} model calls each, none of which ends by itself. */
  static Stream<Named<Function<Model, Call<?>>>> composed() {
    return Stream.of(
        Named.of("gather", model -> Calls.gather(PROMPTS, model::ask)),
        Named.of("gatherSettled", model -> Calls.gatherSettled(PROMPTS, model::ask)),
        Named.of("race", model -> Calls.race(PROMPTS, model::ask)),
        Named.of("select", model -> Calls.select(PROMPTS, model::ask)),
        Named.of("batch", model -> Calls.batch(PROMPTS, model::ask).concurrency(MANY)),
        Named.of("asCompleted", model -> Calls.asCompleted(PROMPTS, model::ask).toList()),
        Named.of(
            "mapConcurrent", m -> Calls.mapConcurrent(PROMPTS, MANY, m::ask).toList()),
        Named.of(
            "mapConcurrentUnordered",
            m -> Calls.mapConcurrentUnordered(PROMPTS, MANY, m::ask).toList()),
        Named.of("mapChunked", m -> Calls.mapChunked(PROMPTS, MANY, m::ask).toList()),
        Named.of(
            "gather of map, then, recover, label",
            model -> Calls.gather(
                PROMPTS,
                prompt -> Call.value(prompt)
                    .then(model::ask)
                    .map(String::length)
                    .recover(e -> -1)
                    .label(prompt))),
        Named.of(
            "streams",
            model -> Calls.gather(PROMPTS, prompt -> model.stream(prompt).toList())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("composed")
  @DisplayName("B25 cancelling the future of an operator closes every exchange")
  void cancellingTheFutureClosesEveryExchange(Function<Model, Call<?>> operator) {
    wire.server.otherwise(FakeReply.hang());
    CallFuture<?> future = operator.apply(wire.model()).executeAsync();
    wire.server.awaitRequests(MANY, Wire.SOON);
    future.cancel(true);
    wire.server.awaitDisconnects(MANY, Wire.SOON);
    assertEquals(0, wire.server.inFlight());
    assertEquals(MANY, wire.server.requestCount(), "none begun after");
  }

  @Test
  @DisplayName("B25 a timeout on a stage derived from a future closes the exchange")
  void aTimeoutOnADerivedStageClosesTheExchange() {
    wire.server.otherwise(FakeReply.hang());
    CompletableFuture<Integer> length =
        wire.model().ask("Hi").executeAsync().thenApply(String::length);
    wire.server.awaitRequests(1, Wire.SOON);
    length.orTimeout(1, TimeUnit.MILLISECONDS);
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("B25 cancelling thenCompose closes the second exchange")
  void cancellingComposedFuturesClosesTheSecondExchange() {
    wire.server.onPrompt("second").reply(FakeReply.hang());
    Model model = wire.model();
    CompletableFuture<String> chain =
        model.ask("first").executeAsync().thenCompose(x -> model.ask("second").executeAsync());
    wire.server.awaitRequests(2, Wire.SOON);
    chain.cancel(true);
    wire.server.awaitDisconnects(1, Wire.SOON);
    assertEquals(1, wire.server.completed());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("composed")
  @DisplayName("B25 interrupting the blocked thread closes every exchange")
  void interruptingClosesEveryExchange(Function<Model, Call<?>> operator) throws Exception {
    wire.server.otherwise(FakeReply.hang());
    AtomicReference<Throwable> ending = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Call<?> call = operator.apply(wire.model());
    Thread thread = new Thread(() -> {
      ending.set(assertThrows(Throwable.class, call::execute));
      flag.set(Thread.currentThread().isInterrupted());
    });
    thread.start();
    wire.server.awaitRequests(MANY, Wire.SOON);
    thread.interrupt();
    thread.join(60_000);
    assertInstanceOf(CallInterruptedException.class, ending.get());
    assertTrue(flag.get());
    wire.server.awaitDisconnects(MANY, Wire.SOON);
    assertEquals(MANY, wire.server.requestCount());
  }

  @Test
  @DisplayName("B26 nothing outlives a gather that fails")
  void nothingOutlivesAGather() {
    wire.server.otherwise(FakeReply.hang());
    wire.server.onPrompt("prompt 7").reply(FakeReply.status(400).holdUntil(MANY));
    Call<List<String>> gather = Calls.gather(PROMPTS, wire.model()::ask);
    assertThrows(RuntimeException.class, gather::execute);
    wire.server.awaitIdle(Wire.SOON);
    assertEquals(MANY - 1, wire.server.disconnects());
    assertEquals(MANY, wire.server.requestCount());
  }

  @Test
  @DisplayName("B4 the losers of a race are closed when it has been won")
  void theLosersOfARaceAreClosed() {
    wire.server.otherwise(FakeReply.hang());
    wire.server.onModel("gpt-4o").reply(FakeReply.text("winner").holdUntil(3));
    RaceResult<String> winner = Calls.race(
            wire.muster.model("openai::o3").ask("Hi").label("o3"),
            wire.muster.model("openai::gpt-4o").ask("Hi").label("4o"),
            wire.muster.model("ollama::gemma3").ask("Hi"))
        .execute();
    assertEquals("winner", winner.value());
    assertEquals("4o", winner.label());
    assertEquals(1, winner.index());
    wire.server.awaitDisconnects(2, Wire.SOON);
  }

  @Test
  @DisplayName("A16 closing a stream early closes its exchange")
  void closingAStreamClosesItsExchange() {
    wire.server.otherwise(FakeReply.endless("token "));
    try (CallStream<String> tokens = wire.model().stream("Go").text().open()) {
      Iterator<String> each = tokens.iterator();
      for (int i = 0; i < 3; i++) each.next();
      assertEquals(0, wire.server.disconnects());
    }
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("A16 limit closes the exchange when it has enough")
  void limitClosesTheExchange() {
    wire.server.otherwise(FakeReply.endless("token "));
    assertEquals(
        List.of("token ", "token ", "token "),
        wire.model().stream("Go").text().limit(3).toList().execute());
    wire.server.awaitDisconnects(1, Wire.SOON);
  }

  @Test
  @DisplayName("B25 another thread closes a stalled stream")
  void anotherThreadClosesAStalledStream() throws Exception {
    wire.server.otherwise(FakeReply.tokens("one", "two").stallAfter(1));
    AtomicReference<Throwable> ending = new AtomicReference<>();
    CountDownLatch first = new CountDownLatch(1);
    CallStream<ChatEvent> events = wire.model().stream("Go").open();
    Thread reader = new Thread(() -> ending.set(
        assertThrows(Throwable.class, () -> events.forEach(event -> first.countDown()))));
    reader.start();
    Blocked.await(first);
    events.close();
    wire.server.awaitDisconnects(1, Wire.SOON);
    reader.join(60_000);
    assertInstanceOf(CancellationException.class, ending.get());
  }

  @Test
  @DisplayName("B25 interrupting the thread that iterates closes the exchange")
  void interruptingTheIteratingThreadClosesTheExchange() throws Exception {
    wire.server.otherwise(FakeReply.tokens("one", "two").stallAfter(1));
    AtomicReference<Throwable> ending = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    CountDownLatch first = new CountDownLatch(1);
    CallStream<ChatEvent> events = wire.model().stream("Go").open();
    Thread reader = new Thread(() -> {
      ending.set(assertThrows(Throwable.class, () -> events.forEach(event -> first.countDown())));
      flag.set(Thread.currentThread().isInterrupted());
    });
    reader.start();
    Blocked.await(first);
    reader.interrupt();
    wire.server.awaitDisconnects(1, Wire.SOON);
    reader.join(60_000);
    assertInstanceOf(CallInterruptedException.class, ending.get());
    assertTrue(flag.get());
  }

  @Test
  @DisplayName("B11 leaving completions early cancels the rest")
  void leavingCompletionsEarlyCancelsTheRest() {
    wire.server.otherwise(FakeReply.hang());
    wire.server.onPrompt("quick").reply(FakeReply.text("first"));
    List<String> prompts = List.of("long", "quick", "longer");
    try (CallStream<Completed<String, String>> done =
        Calls.asCompleted(prompts, wire.model()::ask).open()) {
      for (Completed<String, String> one : done) {
        assertEquals("quick", one.item());
        assertEquals("first", one.getOrThrow());
        assertEquals(2, one.pending());
        wire.server.awaitRequests(3, Wire.SOON);
        break;
      }
    }
    wire.server.awaitDisconnects(2, Wire.SOON);
  }

  @Test
  @DisplayName("B11 a window stopped after 2 of 10 has sent 5 at most")
  void aWindowStoppedEarlyHasSentFewRequests() {
    wire.server.otherwise(request -> FakeReply.text(request.prompt()));
    for (int i = 2; i < 10; i++) wire.server.onPrompt("prompt " + i).reply(FakeReply.hang());
    List<String> two = Calls.mapConcurrent(PROMPTS.subList(0, 10), 3, wire.model()::ask)
        .limit(2)
        .toList()
        .execute();
    assertEquals(List.of("prompt 0", "prompt 1"), two);
    wire.server.awaitIdle(Wire.SOON);
    assertTrue(wire.server.requestCount() <= 5, () -> "sent " + wire.server.requestCount());
    assertEquals(wire.server.requestCount() - wire.server.completed(), wire.server.disconnects());
  }

  @Test
  void aFutureCancelledByItsStageEndsCancelled() {
    wire.server.otherwise(FakeReply.hang());
    CallFuture<String> future = wire.model().ask("Hi").executeAsync();
    CompletableFuture<String> other = future.thenApply(x -> x);
    future.thenRun(() -> {}).cancel(true);
    assertThrows(CancellationException.class, future::join);
    Throwable cause = assertThrows(CompletionException.class, other::join).getCause();
    assertEquals(CancellationException.class, cause.getClass());
  }
}
