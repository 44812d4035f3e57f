package dev.muster.benchmarks.peers;

import ai.koog.http.client.ktor.KtorKoogHttpClient;
import ai.koog.prompt.Prompt;
import ai.koog.prompt.executor.clients.ConnectionTimeoutConfig;
import ai.koog.prompt.executor.clients.openai.OpenAIClientSettings;
import ai.koog.prompt.executor.clients.openai.OpenAILLMClient;
import ai.koog.prompt.llm.LLMCapability;
import ai.koog.prompt.llm.LLMProvider;
import ai.koog.prompt.llm.LLModel;
import ai.koog.prompt.message.Message;
import ai.koog.prompt.streaming.StreamFrame;
import dev.muster.benchmarks.contestant.Prompts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.future.FutureKt;

/** Koog's OpenAI client on Ktor's Apache engine: suspend functions, each called in its own coroutine. */
final class Koog extends AsyncPeer<Message.Assistant> {
  private final OpenAILLMClient client;

  Koog(Endpoint endpoint) {
    OpenAIClientSettings settings = new OpenAIClientSettings(
        endpoint.url(),
        new ConnectionTimeoutConfig(),
        "v1/chat/completions",
        "v1/responses",
        "v1/embeddings",
        "v1/moderations",
        "v1/models");
    client = new OpenAILLMClient("key", settings, new KtorKoogHttpClient.Factory());
  }

  @Override
  CompletableFuture<Message.Assistant> send(String model, String prompt) {
    return start(k -> client.execute(prompt(prompt), model(model), List.of(), k));
  }

  @Override
  String text(Message.Assistant answer) {
    return answer.textContent();
  }

  @Override
  Streaming open(String model, String prompt, Runnable token) {
    Flow<StreamFrame> flow = client.executeStreaming(prompt(prompt), model(model), List.of());
    CompletableFuture<Unit> end = start(k -> flow.collect(
        (frame, j) -> {
          if (frame instanceof StreamFrame.TextDelta piece && !piece.getText().isEmpty()) token.run();
          return Unit.INSTANCE;
        },
        k));
    return new Streaming(end, () -> end.cancel(true));
  }

  @Override
  public void close() {
    client.close();
  }

  private static <T> CompletableFuture<T> start(Function1<Continuation<? super T>, Object> call) {
    return FutureKt.asCompletableFuture(BuildersKt.<T>async(
        GlobalScope.INSTANCE,
        Dispatchers.getDefault(),
        CoroutineStart.DEFAULT,
        (scope, k) -> call.invoke(k)));
  }

  private static Prompt prompt(String text) {
    return Prompt.builder("benchmark").user(text).build();
  }

  private static LLModel model(String name) {
    return new LLModel(
        LLMProvider.OpenAI,
        name,
        List.of(
            LLMCapability.Completion.INSTANCE, LLMCapability.OpenAIEndpoint.Completions.INSTANCE));
  }
}
