package dev.muster.samples.java.guide;

import dev.muster.batch.BatchReport;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceResult;
import dev.muster.embedding.Embedding;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.CallHandle;
import dev.muster.java.CallStream;
import dev.muster.java.CallbackQueue;
import dev.muster.java.Calls;
import dev.muster.java.Embedder;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.StreamCall;
import java.time.Duration;
import java.util.List;

/** What the Javadoc of the facade shows. */
final class Operators {
  private Operators() {}

  static void muster() {
    try (Muster muster = Muster.create()) {
      System.out.println(
          muster.model("openai::gpt-4o-mini").ask("Name a prime.").execute());
    }
  }

  static void model(Model model) {
    String answer = model.ask("What is 2 + 2?").execute();
    long tokens = model.chat("Name a prime.").execute().usage().totalTokens();
    System.out.println(answer + ", " + tokens + " tokens");
  }

  static void agent(Muster muster) {
    Agent agent =
        muster.agent("ollama::gemma3:latest").systemPrompt("Be concise.").build();
    List<String> questions = List.of("What is 2 + 2?", "Who wrote Hamlet?");
    List<String> answers = Calls.gather(questions, agent::ask).execute();
    System.out.println(answers);
  }

  static void embedder(Muster muster) {
    Embedder embedder = muster.embeddingModel("openai::text-embedding-3-small");
    Embedding vector = embedder.embed("A lighthouse in the fog").execute();
    System.out.println(vector.size());
  }

  static void call(Model model) {
    Call<String> joke = model.ask("Tell me a joke.").label("joke");
    Call<String> explained = joke.then(text -> model.ask("Explain this joke: " + text));
    String answer = explained
        .timeout(Duration.ofSeconds(20))
        .recover(failure -> "Nobody knows.")
        .execute();
    System.out.println(answer);
  }

  static void future(Model model) {
    CallFuture<String> future = model.ask("Write a novel.").executeAsync();
    future.thenApply(String::length).thenAccept(System.out::println);
    future.cancel(true);
  }

  static void handle(Model model) {
    CallHandle<String> handle =
        model.ask("Name a prime.").enqueue(System.out::println, Throwable::printStackTrace);
    System.out.println(handle.label() + " runs");
    handle.cancel();
  }

  static void streamCall(Agent agent) {
    StreamCall<String> words = agent.stream("Write a story.").text();
    words.forEach(System.out::print).execute();
    List<String> firstTen = words.limit(10).toList().execute();
    System.out.println(firstTen);
  }

  static void callStream(Agent agent) {
    try (CallStream<String> words = agent.stream("Write a story.").text().open()) {
      for (String word : words) System.out.print(word);
    }
  }

  static void queue(Model model) {
    CallbackQueue queue = new CallbackQueue();
    queue.enqueue(model.ask("Name a river."), river -> System.out.println("River: " + river));
    queue.enqueue(model.ask("Name a lake."), lake -> System.out.println("Lake: " + lake));
    queue.processAll(Duration.ofMinutes(1));
  }

  static void gather(Model model) {
    List<String> answers =
        Calls.gather(model.ask("Name a river."), model.ask("Name a lake.")).execute();
    System.out.println(answers);
  }

  static void gatherSettled(Model model, List<String> prompts) {
    List<Outcome<String>> outcomes = Calls.gatherSettled(prompts, model::ask).execute();
    outcomes.forEach(System.out::println);
  }

  static void all(Model model, List<String> prompts) {
    List<String> answers = Calls.gather(prompts, model::ask).execute();
    System.out.println(answers);
  }

  static void race(Model gpt, Model claude) {
    RaceResult<String> first = Calls.race(
            gpt.ask("Name a prime.").label("gpt"), claude.ask("Name a prime.").label("claude"))
        .execute();
    System.out.println(first.label() + " after " + first.elapsed() + ": " + first.value());
  }

  static void select(Model model) {
    Completed<String, String> first = Calls.select(
            model.ask("Write a novel."), Call.delay(Duration.ofSeconds(5)).map(x -> "Too slow"))
        .execute();
    System.out.println(first.outcome());
  }

  static void asCompleted(Model model, List<String> prompts) {
    try (CallStream<Completed<String, String>> done =
        Calls.asCompleted(prompts, model::ask).open()) {
      for (var each : done) System.out.println(each.item() + ": " + each.outcome());
    }
  }

  static void mapConcurrent(Model model, List<String> prompts) {
    List<String> answers = Calls.mapConcurrent(prompts, 4, model::ask).toList().execute();
    System.out.println(answers);
  }

  static void mapConcurrentUnordered(Model model, List<String> prompts) {
    Calls.mapConcurrentUnordered(prompts, 4, model::ask)
        .forEach(System.out::println)
        .execute();
  }

  static void mapChunked(Model model, List<String> prompts) {
    List<String> answers = Calls.mapChunked(prompts, 3, model::ask).toList().execute();
    System.out.println(answers);
  }

  static void pipeline(Model model, List<String> topics) {
    List<String> translated = Calls.pipeline(topics)
        .stage(4, topic -> model.ask("Write a line about " + topic))
        .stage(2, line -> model.ask("Translate into French: " + line))
        .toList()
        .execute();
    System.out.println(translated);
  }

  static void batch(Model model, List<String> prompts) {
    BatchReport<String, String> report = Calls.batch(prompts, model::ask)
        .concurrency(4)
        .onProgress(progress -> System.out.println(progress))
        .execute();
    System.out.println(report.succeeded() + " ok, " + report.failed() + " failed");
  }

  static void batchWithoutAnEnd(Model model, Iterable<String> lines) {
    Calls.batch(lines, model::ask)
        .concurrency(4)
        .results()
        .forEach(result -> System.out.println(result.id() + ": " + result.outcome()))
        .execute();
  }

  static void zip(Model model, Embedder embedder) {
    String described = Calls.zip(
            model.ask("Describe the sea."),
            embedder.embed("the sea"),
            (text, vector) -> text + " (" + vector.size() + " numbers)")
        .execute();
    System.out.println(described);
  }
}
