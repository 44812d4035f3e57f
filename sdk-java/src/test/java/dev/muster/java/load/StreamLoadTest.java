package dev.muster.java.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.chat.ChatEvent;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hundreds of concurrent streams: none waits for the end of another. */
@Timeout(180)
class StreamLoadTest {
  private static final int STREAMS = 300;
  private static final List<String> TOKENS = List.of("one ", "two ", "three ", "four");

  @Test
  void a15EveryFirstTokenOfThreeHundredStreamsArrivesBeforeAnyLast() throws Exception {
    OpenFiles.requireRoomFor(2 * STREAMS + 200);
    try (FakeServer server = FakeServer.start();
        Muster muster = Clients.openAi(server.openAiUrl())) {
      server.otherwise(FakeReply.tokens(TOKENS).gate(TOKENS.size()));
      Model model = muster.model("openai::chatty");
      CountDownLatch first = new CountDownLatch(STREAMS);
      AtomicInteger last = new AtomicInteger();

      CallFuture<List<String>> texts = Calls.gather(
              Clients.prompts(STREAMS), prompt -> taken(model, prompt, first, last))
          .executeAsync();

      boolean allBegun = first.await(60, TimeUnit.SECONDS);
      assertTrue(allBegun, () -> first.getCount() + " streams wait for their first token");
      // The server has held back every last token until now, so all other tokens arrived before
      // them.
      assertEquals(0, last.get(), "streams whose last token is here");
      assertEquals(STREAMS, server.inFlight());
      assertEquals(0, server.completed());

      server.release();

      assertEquals(STREAMS, texts.join().size());
      assertTrue(texts.join().stream().allMatch("one two three four"::equals), "whole answers");
      assertEquals(STREAMS, last.get());
      server.awaitCompleted(STREAMS, java.time.Duration.ofSeconds(60));
      assertEquals(0, server.disconnects());
    }
  }

  private static Call<String> taken(
      Model model, String prompt, CountDownLatch first, AtomicInteger last) {
    StringBuilder text = new StringBuilder();
    return model.stream(prompt)
        .forEach(event -> {
          if (!(event instanceof ChatEvent.TextDelta delta)) return;
          if (text.isEmpty()) first.countDown();
          text.append(delta.text());
          if (delta.text().equals("four")) last.incrementAndGet();
        })
        .map(nothing -> text.toString());
  }
}
