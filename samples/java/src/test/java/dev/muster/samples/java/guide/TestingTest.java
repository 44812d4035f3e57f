package dev.muster.samples.java.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.LlmException;
import dev.muster.error.RateLimitedException;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.Muster;
import dev.muster.test.ExchangeRecorder;
import dev.muster.test.ExchangeReplay;
import dev.muster.test.FakeServerExtension;
import dev.muster.test.ScriptedModel;
import dev.muster.test.ScriptedReply;
import dev.muster.test.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What docs/testing.md shows: run, not only compiled. */
class TestingTest {
  static final class Helpdesk {
    private final Agent agent;

    Helpdesk(Muster muster) {
      agent = muster.agent().systemPrompt("You are a help desk.").build();
    }

    Call<String> answer(String question) {
      return agent
          .ask(question)
          .timeout(Duration.ofSeconds(30))
          .recover(LlmException.class, e -> "Please call us.");
    }
  }

  private final ScriptedModel model = ScriptedModel.create("test::model");

  private Muster muster() {
    return Muster.builder().model(model).defaultModel("test::model").build();
  }

  @Test
  void answers() {
    model.reply("Turn it off and on.");
    try (Muster muster = muster()) {
      String answer = new Helpdesk(muster).answer("It does not work").execute();
      assertEquals("Turn it off and on.", answer);
    }
    assertEquals(List.of("It does not work"), model.prompts());
    assertEquals(
        "You are a help desk.", model.requests().get(0).messages().get(0).text());
  }

  @Test
  void asksAgainAndThenGivesUp() {
    for (int i = 0; i < 3; i++) {
      model.reply(ScriptedReply.failure(new RateLimitedException("Too many requests")));
    }
    try (TestClock clock = TestClock.start();
        Muster muster = muster()) {
      CallFuture<String> answer = new Helpdesk(muster).answer("Anyone?").executeAsync();
      assertEquals("Please call us.", clock.await(answer));
    }
    assertEquals(3, model.requests().size());
  }

  @Test
  void waitsThirtySecondsAndNoLonger() {
    model.reply(ScriptedReply.text("Sorry, we were out.").delay(Duration.ofMinutes(5)));
    try (TestClock clock = TestClock.start();
        Muster muster = muster()) {
      CallFuture<String> answer = new Helpdesk(muster).answer("Anyone?").executeAsync();
      clock.advance(Duration.ofSeconds(29));
      assertTrue(!answer.isDone());
      clock.advance(Duration.ofSeconds(1));
      assertEquals("Please call us.", clock.await(answer));
    }
    assertEquals(1, model.cancelled());
  }

  @Test
  void codeThatBlocksRunsOnAThreadOfItsOwn() {
    model.reply(ScriptedReply.hang());
    try (TestClock clock = TestClock.start();
        Muster muster = muster()) {
      Helpdesk helpdesk = new Helpdesk(muster);
      CompletableFuture<String> answer = CompletableFuture.supplyAsync(
          () -> helpdesk.answer("Anyone?").execute(),
          task -> new Thread(clock.around(task)).start());
      assertEquals("Please call us.", clock.await(answer));
      assertEquals(Duration.ofSeconds(30), clock.elapsed());
    }
  }

  @RegisterExtension
  static final FakeServerExtension FAKE = new FakeServerExtension();

  @Test
  void speaksOpenAi() {
    FakeServer server = FAKE.server();
    server.onPrompt("Hello").replies(FakeReply.status(503), FakeReply.text("Hello yourself"));
    try (Muster muster = Muster.builder()
        .environment(server.environment())
        .defaultModel("openai::gpt-4o-mini")
        .build()) {
      assertEquals("Hello yourself", new Helpdesk(muster).answer("Hello").execute());
    }
    assertEquals("gpt-4o-mini", server.requests().get(0).model());
  }

  @Test
  void recordsAndReplays(@TempDir Path directory) {
    FakeServer server = FAKE.server();
    server.onPrompt("Name a prime").reply(FakeReply.text("7"));
    String realUrl = server.openAiUrl();

    // Once, with a key and the provider's own URL:
    try (ExchangeRecorder recorder = ExchangeRecorder.start(realUrl, directory)) {
      assertEquals("7", prime(recorder.url(), "sk-a-real-key"));
    }
    // From then on:
    try (ExchangeReplay replay = ExchangeReplay.start(directory)) {
      assertEquals("7", prime(replay.url(), "none"));
    }
    assertEquals(1, server.requestCount());
  }

  private static String prime(String url, String key) {
    try (Muster muster = Muster.builder()
        .provider("openai", config -> config.baseUrl(url).apiKey(key))
        .build()) {
      return muster.model("openai::gpt-4o-mini").ask("Name a prime").execute();
    }
  }

  @Test
  void aRequestThatIsNotScriptedFails() {
    try (Muster muster = muster()) {
      assertThrows(AssertionError.class, new Helpdesk(muster).answer("Anyone?")::execute);
    }
  }
}
