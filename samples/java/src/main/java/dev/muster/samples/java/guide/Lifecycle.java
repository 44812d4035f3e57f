package dev.muster.samples.java.guide;

import dev.muster.chat.ChatEvent;
import dev.muster.error.AuthenticationException;
import dev.muster.error.LlmException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.CallStream;
import dev.muster.java.CallbackQueue;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.TimeUnit;
import javax.swing.JLabel;
import javax.swing.JTextArea;
import javax.swing.SwingUtilities;

/** What docs/java.md shows. */
final class Lifecycle {
  private Lifecycle() {}

  static void open() {
    try (Muster muster = Muster.create()) {
      Model model = muster.model("openai::gpt-4o-mini");
      Agent agent = muster
          .agent("anthropic::claude-sonnet-4-5")
          .systemPrompt("Be concise.")
          .maxTokens(200)
          .build();
      System.out.println(model.ask("Name a prime.").execute());
      System.out.println(agent.ask("Name a planet.").execute());
    }
  }

  static void starts(Model model) {
    Call<String> prime = model.ask("Name a prime.");
    String blocking = prime.execute();
    CallFuture<String> future = prime.executeAsync();
    prime.enqueue(System.out::println, Throwable::printStackTrace);
    Call<String> shared = prime.once();
    System.out.println(blocking + future.join() + shared.execute());
  }

  static void future(Model model) {
    CompletableFuture<Integer> length = model
        .ask("Tell me a joke.")
        .executeAsync()
        .thenApply(String::strip)
        .thenApply(String::length)
        .orTimeout(5, TimeUnit.SECONDS);
    length.cancel(true);
  }

  static void compose(Model model) {
    Call<String> explained = model
        .ask("Tell me a joke.")
        .then(joke -> model.ask("Explain this joke: " + joke))
        .map(String::strip)
        .timeout(Duration.ofSeconds(20))
        .recover(LlmTimeoutException.class, e -> "It took too long to explain.");
    System.out.println(explained.execute());
  }

  static void bridged(Model model) {
    Call<String> user = Call.fromFuture(() -> lookUp("42"));
    Call<Integer> year = Call.of(() -> readYear());
    Call<String> greeting = Calls.zip(user, year, (name, born) -> name + ", born " + born)
        .then(text -> model.ask("Write a greeting for " + text));
    System.out.println(greeting.execute());
  }

  static void pump(Model model) {
    CallbackQueue queue = new CallbackQueue();
    queue.enqueue(model.ask("Name a river."), river -> System.out.println("River: " + river));
    while (queue.hasPending()) {
      drawAFrame();
      queue.process();
    }
  }

  static void loop(Model model) {
    try (CallStream<String> words = model.stream("Write a long story.").text().open()) {
      for (String word : words) {
        System.out.print(word);
        if (word.contains("\n")) break;
      }
    }
  }

  static void publisher(Model model, Subscriber<ChatEvent> subscriber) {
    Publisher<ChatEvent> events = model.stream("Write a story.").publisher();
    events.subscribe(subscriber);
  }

  static void swing(Agent agent, JTextArea area, JLabel status) {
    agent.stream("Write a story.")
        .text()
        .forEach(SwingUtilities::invokeLater, area::append)
        .enqueue(ended -> status.setText("Done"), failure -> status.setText("" + failure));
  }

  static void failures(Model model) {
    try {
      System.out.println(model.ask("Name a prime.").execute());
    } catch (AuthenticationException e) {
      System.err.println("The key is wrong: " + e.getMessage());
    } catch (LlmTimeoutException e) {
      System.err.println("So far: " + e.partialText());
    } catch (LlmException e) {
      System.err.println(e.getMessage() + (e.isRetryable() ? " (later, perhaps)" : ""));
    }
  }

  static void close(Muster muster) {
    boolean inTime = muster.closeGracefully(Duration.ofSeconds(10));
    System.out.println(inTime ? "All calls have ended." : "Some calls were cancelled.");
  }

  private static CompletableFuture<String> lookUp(String id) {
    return CompletableFuture.completedFuture("user " + id);
  }

  private static int readYear() {
    return 1998;
  }

  private static void drawAFrame() {}
}
