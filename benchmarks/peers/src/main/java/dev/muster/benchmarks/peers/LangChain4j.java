package dev.muster.benchmarks.peers;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.muster.benchmarks.contestant.Contestant;
import dev.muster.benchmarks.contestant.Futures;
import dev.muster.benchmarks.contestant.Prompts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * LangChain4j. Its model blocks, so each call has a thread and is cancelled by an interrupt. Its streams are
 * asynchronous; a stream can be cancelled from its first token on.
 */
final class LangChain4j implements Contestant {
  private static final int VIRTUAL_THREADS = 21;

  private final ExecutorService threads;
  private final OpenAiChatModel model;
  private final OpenAiStreamingChatModel streaming;

  private LangChain4j(Endpoint endpoint, ExecutorService threads) {
    this.threads = threads;
    // Each request names its model.
    model =
        OpenAiChatModel.builder().baseUrl(endpoint.openAi()).apiKey("key").modelName("now").build();
    streaming = OpenAiStreamingChatModel.builder()
        .baseUrl(endpoint.openAi())
        .apiKey("key")
        .modelName("now")
        .build();
  }

  static LangChain4j onPlatformThreads(Endpoint endpoint) {
    return new LangChain4j(endpoint, Executors.newCachedThreadPool());
  }

  static Contestant onVirtualThreads(Endpoint endpoint) {
    if (Runtime.version().feature() < VIRTUAL_THREADS) {
      throw new UnableException("this JDK has no virtual threads");
    }
    try {
      Object made = Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      return new LangChain4j(endpoint, (ExecutorService) made);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Answers start(String name, int count) {
    List<CompletableFuture<String>> texts = new ArrayList<>(count);
    List<Future<?>> tasks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) texts.add(submit(name, i, tasks));
    return Futures.calls(texts, tasks);
  }

  @Override
  public Flight race(int races, String winner, String loser, int losers) {
    List<CompletableFuture<String>> firsts = new ArrayList<>(races);
    List<Future<?>> all = new ArrayList<>();
    for (int race = 0; race < races; race++) {
      List<Future<?>> tasks = new ArrayList<>(losers + 1);
      List<CompletableFuture<String>> texts = new ArrayList<>(losers + 1);
      texts.add(submit(winner, race, tasks));
      for (int i = 0; i < losers; i++) texts.add(submit(loser, race, tasks));
      firsts.add(Futures.race(texts, tasks));
      all.addAll(tasks);
    }
    return Futures.flight(firsts, all);
  }

  private CompletableFuture<String> submit(String name, int number, List<Future<?>> tasks) {
    CompletableFuture<String> text = new CompletableFuture<>();
    tasks.add(threads.submit(() -> {
      try {
        text.complete(model.chat(request(name, number)).aiMessage().text());
      } catch (Throwable e) {
        text.completeExceptionally(e);
      }
    }));
    return text;
  }

  @Override
  public Flight stream(String name, int count, Tokens tokens) {
    List<Streaming> streams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Streaming stream = new Streaming(i, tokens);
      streams.add(stream);
      streaming.chat(request(name, i), stream);
    }
    Flight all = Futures.flight(streams.stream().map(stream -> stream.end).toList(), List.of());
    return new Flight() {
      @Override
      public void await() throws Exception {
        all.await();
      }

      @Override
      public void cancel() {
        streams.forEach(stream -> stream.handle.cancel());
      }

      @Override
      public Throwable failure() {
        return all.failure();
      }
    };
  }

  private static ChatRequest request(String name, int number) {
    return ChatRequest.builder()
        .messages(UserMessage.from(Prompts.of(number)))
        .modelName(name)
        .build();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private static final class Streaming implements StreamingChatResponseHandler {
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final int number;
    private final Tokens tokens;
    private volatile StreamingHandle handle;

    Streaming(int number, Tokens tokens) {
      this.number = number;
      this.tokens = tokens;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      if (handle == null) handle = context.streamingHandle();
      tokens.token(number);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(null);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
