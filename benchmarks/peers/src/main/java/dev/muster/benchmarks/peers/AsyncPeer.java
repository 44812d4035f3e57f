package dev.muster.benchmarks.peers;

import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.contestant.Futures;
import dev.muster.benchmarks.contestant.Prompts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An SDK whose calls are futures and whose streams can be closed. */
abstract class AsyncPeer<A> implements Contestant {
  abstract CompletableFuture<A> send(String model, String prompt);

  abstract String text(A answer);

  abstract Streaming open(String model, String prompt, Runnable token);

  /** A stream: its end and the action that closes it. */
  record Streaming(CompletableFuture<?> end, Runnable closing) {}

  @Override
  public final Answers start(String model, int count) {
    List<CompletableFuture<A>> sent = new ArrayList<>(count);
    for (int i = 0; i < count; i++) sent.add(send(model, Prompts.of(i)));
    return Futures.calls(texts(sent), sent);
  }

  @Override
  public final Flight stream(String model, int count, Tokens tokens) {
    List<Streaming> streams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      streams.add(open(model, Prompts.of(i), () -> tokens.token(number)));
    }
    Flight all = Futures.flight(streams.stream().map(Streaming::end).toList(), List.of());
    return new Flight() {
      @Override
      public void await() throws Exception {
        all.await();
      }

      @Override
      public void cancel() {
        streams.forEach(stream -> stream.closing().run());
      }

      @Override
      public Throwable failure() {
        return all.failure();
      }
    };
  }

  @Override
  public final Flight race(int races, String winner, String loser, int losers) {
    List<CompletableFuture<String>> firsts = new ArrayList<>(races);
    List<CompletableFuture<A>> all = new ArrayList<>();
    for (int race = 0; race < races; race++) {
      List<CompletableFuture<A>> sent = new ArrayList<>(losers + 1);
      sent.add(send(winner, Prompts.of(race)));
      for (int i = 0; i < losers; i++) sent.add(send(loser, Prompts.of(race)));
      firsts.add(Futures.race(texts(sent), sent));
      all.addAll(sent);
    }
    return Futures.flight(firsts, all);
  }

  private List<CompletableFuture<String>> texts(List<CompletableFuture<A>> sent) {
    List<CompletableFuture<String>> texts = new ArrayList<>(sent.size());
    for (CompletableFuture<A> one : sent) texts.add(one.thenApply(this::text));
    return texts;
  }
}
