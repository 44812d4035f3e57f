package dev.muster.benchmarks.contestant;

import dev.muster.MusterClient;
import dev.muster.chat.ChatEvent;
import dev.muster.model.ChatModel;
import dev.muster.chat.ChatRequest;
import dev.muster.network.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.future.FutureKt;

/** Muster's core, as used from Kotlin: a coroutine for each stream collects its Flow. Streams only. */
final class CoreContestant implements Contestant {
  private final MusterClient client;

  CoreContestant(Endpoint endpoint) {
    client = MusterClient.builder()
        .environment(Map.of())
        .httpVersion(endpoint.http2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
        .provider("openai", provider -> provider.baseUrl(endpoint.openAi()).apiKey("key"))
        .build();
  }

  @Override
  public Answers start(String name, int count) {
    ChatModel model = client.model("openai::" + name);
    List<CompletableFuture<String>> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ChatRequest request = ChatRequest.of(Prompts.of(i));
      Deferred<String> call = BuildersKt.async(
          GlobalScope.INSTANCE,
          Dispatchers.getDefault(),
          CoroutineStart.DEFAULT,
          (scope, k) -> model.ask(request, k));
      calls.add(FutureKt.asCompletableFuture(call));
    }
    return Futures.calls(calls, calls);
  }

  @Override
  public Flight stream(String name, int count, Tokens tokens) {
    ChatModel model = client.model("openai::" + name);
    List<CompletableFuture<?>> streams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      Flow<ChatEvent> flow = model.stream(ChatRequest.of(Prompts.of(i)));
      Deferred<?> stream = BuildersKt.async(
          GlobalScope.INSTANCE,
          Dispatchers.getDefault(),
          CoroutineStart.UNDISPATCHED,
          (scope, k) -> flow.collect(
              (event, j) -> {
                if (event instanceof ChatEvent.TextDelta) tokens.token(number);
                return Unit.INSTANCE;
              },
              k));
      streams.add(FutureKt.asCompletableFuture(stream));
    }
    return Futures.flight(streams, streams);
  }

  @Override
  public Flight race(int races, String winner, String loser, int losers) {
    throw new UnableException("races are measured through the Java API");
  }

  @Override
  public void close() {
    client.close();
  }
}
