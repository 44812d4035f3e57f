package dev.muster.benchmarks.contestant;

import dev.muster.chat.ChatEvent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.StreamCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Muster through its Java API with nothing set but where the server is. */
final class MusterContestant implements Contestant {
  /** How the tokens of a stream are taken. */
  enum Taking {
    /** By a function on the threads for callbacks. */
    FOR_EACH,
    /** By a thread for each stream, in a loop. */
    LOOP,
    /** As a list at the end: what the core costs without a way to Java code. */
    LIST
  }

  private final Taking taking;
  private final Muster muster;

  MusterContestant(String baseUrl, Taking taking) {
    this.taking = taking;
    muster = Muster.builder()
        .environment(Map.of())
        .provider("openai", provider -> provider.baseUrl(baseUrl).apiKey("key"))
        .build();
  }

  @Override
  public Flight start(String name, int count) {
    Model model = muster.model("openai::" + name);
    List<Integer> numbers = IntStream.range(0, count).boxed().toList();
    CallFuture<List<String>> future =
        Calls.gather(numbers, number -> model.ask(Prompts.of(number))).executeAsync();
    return new Flight() {
      @Override
      public List<String> await() {
        return future.join();
      }

      @Override
      public void cancel() {
        future.cancel(true);
      }
    };
  }

  @Override
  public long stream(String name, int count) throws InterruptedException {
    Model model = muster.model("openai::" + name);
    AtomicLong tokens = new AtomicLong();
    List<StreamCall<ChatEvent>> streams = IntStream.range(0, count)
        .mapToObj(number -> model.stream(Prompts.of(number)))
        .toList();
    switch (taking) {
      case FOR_EACH -> gather(streams, stream -> stream.forEach(event -> count(event, tokens)));
      case LIST ->
        gather(
            streams,
            stream -> stream.toList().map(events -> {
              events.forEach(event -> count(event, tokens));
              return null;
            }));
      case LOOP -> loops(streams, tokens);
    }
    return tokens.get();
  }

  private static void gather(
      List<StreamCall<ChatEvent>> streams,
      java.util.function.Function<StreamCall<ChatEvent>, Call<Void>> take) {
    Calls.gather(streams.stream().map(take).toList()).execute();
  }

  private static void loops(List<StreamCall<ChatEvent>> streams, AtomicLong tokens)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>(streams.size());
    for (StreamCall<ChatEvent> stream : streams) {
      Thread thread = new Thread(() -> loop(stream, tokens));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) thread.join();
  }

  private static void loop(StreamCall<ChatEvent> stream, AtomicLong tokens) {
    try (CallStream<ChatEvent> events = stream.open()) {
      for (ChatEvent event : events) count(event, tokens);
    }
  }

  private static void count(ChatEvent event, AtomicLong tokens) {
    if (event instanceof ChatEvent.TextDelta) tokens.incrementAndGet();
  }

  @Override
  public void close() {
    muster.close();
  }
}
