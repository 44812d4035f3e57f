package dev.muster.benchmarks.contestant;

import dev.muster.chat.ChatEvent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.StreamCall;
import dev.muster.network.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Muster through its Java API, with default settings except for the URL of the server. */
final class MusterContestant implements Contestant {
  /** How a stream's tokens are read. */
  enum Taking {
    /** By a function on the callback threads. */
    FOR_EACH,
    /** In a loop, on a pool thread for each stream. */
    LOOP
  }

  private final Taking taking;
  private final ExecutorService loops = Executors.newCachedThreadPool();
  private final Muster muster;

  MusterContestant(Endpoint endpoint, Taking taking) {
    this.taking = taking;
    muster = Muster.builder()
        .environment(Map.of())
        .httpVersion(endpoint.http2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
        .provider("openai", provider -> provider.baseUrl(endpoint.openAi()).apiKey("key"))
        .build();
  }

  @Override
  public Contestant.Answers start(String name, int count) {
    Model model = muster.model("openai::" + name);
    List<Integer> numbers = IntStream.range(0, count).boxed().toList();
    CallFuture<List<String>> future =
        Calls.gather(numbers, number -> model.ask(Prompts.of(number))).executeAsync();
    return new Contestant.Answers() {
      @Override
      public List<String> texts() {
        return future.join();
      }

      @Override
      public void cancel() {
        future.cancel(true);
      }

      @Override
      public Throwable failure() {
        return Futures.failure(List.of(future));
      }
    };
  }

  @Override
  public Flight stream(String name, int count, Tokens tokens) {
    Model model = muster.model("openai::" + name);
    return taking == Taking.LOOP ? loops(model, count, tokens) : forEach(model, count, tokens);
  }

  private static Flight forEach(Model model, int count, Tokens tokens) {
    List<Call<Void>> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      StreamCall<ChatEvent> stream = model.stream(Prompts.of(i));
      calls.add(stream.forEach(event -> tell(event, number, tokens)));
    }
    // A single stream is started without a gather.
    CallFuture<?> future =
        count == 1 ? calls.get(0).executeAsync() : Calls.gather(calls).executeAsync();
    return Futures.flight(List.of(future), List.of(future));
  }

  private Flight loops(Model model, int count, Tokens tokens) {
    List<CallStream<ChatEvent>> streams = new ArrayList<>(count);
    List<CompletableFuture<Void>> ends = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      CallStream<ChatEvent> stream = model.stream(Prompts.of(i)).open();
      CompletableFuture<Void> end = new CompletableFuture<>();
      streams.add(stream);
      ends.add(end);
      loops.execute(() -> loop(stream, number, tokens, end));
    }
    Flight all = Futures.flight(ends, List.of());
    return new Flight() {
      @Override
      public void await() throws Exception {
        all.await();
      }

      @Override
      public void cancel() {
        streams.forEach(CallStream::close);
      }

      @Override
      public Throwable failure() {
        return all.failure();
      }
    };
  }

  private static void loop(
      CallStream<ChatEvent> stream, int number, Tokens tokens, CompletableFuture<Void> end) {
    try (stream) {
      for (ChatEvent event : stream) tell(event, number, tokens);
      end.complete(null);
    } catch (RuntimeException e) {
      // This also catches a CancellationException, so that it keeps its message and its stack.
      end.completeExceptionally(e);
    }
  }

  private static void tell(ChatEvent event, int number, Tokens tokens) {
    if (event instanceof ChatEvent.TextDelta) tokens.token(number);
  }

  @Override
  public Flight race(int races, String winner, String loser, int losers) {
    Model first = muster.model("openai::" + winner);
    Model other = muster.model("openai::" + loser);
    List<Call<?>> all = new ArrayList<>(races);
    for (int race = 0; race < races; race++) {
      List<Call<String>> calls = new ArrayList<>(losers + 1);
      calls.add(first.ask(Prompts.of(race)));
      for (int i = 0; i < losers; i++) calls.add(other.ask(Prompts.of(race)));
      all.add(Calls.race(calls));
    }
    CallFuture<?> future = Calls.gather(all).executeAsync();
    return Futures.flight(List.of(future), List.of(future));
  }

  @Override
  public void close() {
    muster.close();
    loops.shutdownNow();
  }
}
