package smoke;

import dev.muster.agent.AgentEvent;
import dev.muster.batch.BatchReport;
import dev.muster.chat.ToolDefinition;
import dev.muster.concurrent.RaceResult;
import dev.muster.error.AuthenticationException;
import dev.muster.error.LlmTimeoutException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.Agent;
import dev.muster.java.CallFuture;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.Tools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/** Checks calls from Java that return text. */
final class CallChecks {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final List<String> MODELS =
      List.of("openai::m", "anthropic::m", "gemini::m", "ollama::m");

  private final FakeServer server;
  private final Muster muster;
  private final Model model;

  CallChecks(FakeServer server, Muster muster) {
    this.server = server;
    this.muster = muster;
    model = muster.model("openai::m");
  }

  void run(Checks checks) {
    checks.check("blocking", this::blocking);
    checks.check("future", this::future);
    checks.check("gather", this::gather);
    checks.check("race", this::race);
    checks.check("stream", this::stream);
    checks.check("forEach", this::forEach);
    checks.check("tool", this::tool);
    checks.check("batch", this::batch);
    checks.check("cancel", this::cancel);
    checks.check("leave a stream", this::leave);
    checks.check("timeout", this::timeout);
    checks.check("failure", this::failure);
  }

  private void blocking() {
    for (String id : MODELS)
      Checks.same("You said: Hi", muster.model(id).ask("Hi").execute());
  }

  private void future() {
    CallFuture<String> future = model.ask("Hi").executeAsync();
    Checks.same(12, future.thenApply(String::length).join());
  }

  private void gather() {
    int before = server.requestCount();
    List<String> prompts = IntStream.range(0, 40).mapToObj(it -> "Number " + it).toList();
    List<String> answers = Calls.gather(prompts, model::ask).execute();
    Checks.same(prompts.stream().map(it -> "You said: " + it).toList(), answers);
    Checks.same(before + 40, server.requestCount());
  }

  private void race() {
    int before = server.disconnects();
    server.onPrompt("hang").reply(FakeReply.hang());
    // Only when both have arrived: a loser that was never sent has no connection to close.
    server.onPrompt("quick").reply(FakeReply.text("Hi").holdUntil(server.requestCount() + 2));
    RaceResult<String> winner =
        Calls.race(model.ask("hang"), model.ask("quick").label("quick")).execute();
    Checks.same("quick: Hi", winner.label() + ": " + winner.value());
    server.awaitDisconnects(before + 1, SOON);
  }

  private void stream() {
    server.onPrompt("tokens").reply(FakeReply.tokens("a", "b", "c"));
    for (String id : MODELS) {
      List<String> words = new ArrayList<>();
      try (CallStream<String> open = muster.model(id).stream("tokens").text().open()) {
        for (String word : open) words.add(word);
      }
      Checks.same(List.of("a", "b", "c"), words);
    }
  }

  private void forEach() {
    StringBuffer text = new StringBuffer();
    model.stream("tokens").text().forEach(text::append).execute();
    Checks.same("abc", text.toString());
  }

  private void tool() {
    Map<String, Object> sides = Map.of("n", Map.of("type", "integer"));
    ToolDefinition roll =
        new ToolDefinition("roll", "Rolls a die", Map.of("type", "object", "properties", sides));
    for (String id : MODELS) {
      String prompt = "roll for " + id;
      server
          .onPrompt(prompt)
          .replies(FakeReply.toolCall("call_1", "roll", "{\"n\":6}"), FakeReply.text("It is 4."));
      List<String> arguments = new ArrayList<>();
      Agent agent = muster
          .agent(id)
          .tool(Tools.of(roll, call -> {
            arguments.add(call.arguments().replace(" ", ""));
            return "4";
          }))
          .build();
      int before = server.requestCount();
      Checks.same("It is 4.", agent.ask(prompt).execute());
      Checks.same(List.of("{\"n\":6}"), arguments);
      Checks.same(before + 2, server.requestCount());
    }
    server
        .onPrompt("roll in a stream")
        .replies(FakeReply.toolCall("call_1", "roll", "{}"), FakeReply.tokens("fo", "ur"));
    Agent agent = muster.agent("openai::m").tool(Tools.of(roll, call -> "4")).build();
    List<AgentEvent> events = agent.stream("roll in a stream").toList().execute();
    Checks.holds(events.get(events.size() - 1) instanceof AgentEvent.Finished, events);
  }

  private void batch() {
    server.onPrompt("bad").reply(FakeReply.status(400, "bad", "no"));
    BatchReport<String, String> report =
        Calls.batch(List.of("a", "bad", "c"), model::ask).concurrency(2).execute();
    Checks.same(List.of("You said: a", "You said: c"), report.values());
    Checks.same(1, report.failed());
  }

  private void cancel() {
    int requests = server.requestCount();
    int before = server.disconnects();
    server.onPrompt("hang").reply(FakeReply.hang());
    CallFuture<List<String>> future =
        Calls.gather(List.of("hang", "hang", "hang"), model::ask).executeAsync();
    server.awaitRequests(requests + 3, SOON);
    future.cancel(true);
    server.awaitDisconnects(before + 3, SOON);
    server.awaitIdle(SOON);
  }

  private void leave() {
    int before = server.disconnects();
    server.onPrompt("endless").reply(FakeReply.endless("word "));
    try (CallStream<String> open = model.stream("endless").text().open()) {
      Checks.same("word ", open.iterator().next());
    }
    server.awaitDisconnects(before + 1, SOON);
  }

  private void timeout() {
    int before = server.disconnects();
    try {
      String answer = model.ask("hang").timeout(Duration.ofSeconds(1)).execute();
      throw new AssertionError("answered: " + answer);
    } catch (LlmTimeoutException e) {
      server.awaitDisconnects(before + 1, SOON);
    }
  }

  private void failure() {
    server.onPrompt("forbidden").reply(FakeReply.status(401));
    try {
      String answer = model.ask("forbidden").executeAsync().join();
      throw new AssertionError("answered: " + answer);
    } catch (CompletionException e) {
      Checks.holds(e.getCause() instanceof AuthenticationException, e);
    }
  }
}
