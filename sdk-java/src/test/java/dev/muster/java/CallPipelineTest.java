package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.error.InvalidRequestException;
import dev.muster.fake.FakeReply;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallPipelineTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("B17 each item goes through all stages, and the results keep the order")
  void order() {
    wire.server.otherwise(request -> FakeReply.text(request.prompt() + "!"));
    CallPipeline<Integer> lengths = Calls.pipeline(List.of("a", "bb", "ccc"))
        .stage(2, wire.model()::ask)
        .stage(1, text -> wire.model().ask(text))
        .stage(3, text -> Call.value(text.length()));
    assertEquals(List.of(3, 4, 5), lengths.toList().execute());
    assertEquals(6, wire.server.requestCount());
  }

  @Test
  @DisplayName("B17 a failure in the second stage closes everything upstream")
  void failure() {
    wire.server.otherwise(FakeReply.hang());
    wire.server.onPrompt("0").reply(FakeReply.text("first"));
    // Replies only when the first stage has sent all the requests it may.
    wire.server.onPrompt("first").reply(FakeReply.status(400).holdUntil(4));
    List<String> items = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    Call<List<String>> all = Calls.pipeline(items)
        .stage(3, wire.model()::ask)
        .stage(1, wire.model()::ask)
        .toList();
    assertThrows(InvalidRequestException.class, all::execute);
    wire.server.awaitIdle(Wire.SOON);
    assertTrue(wire.server.disconnects() >= 2, wire.server.disconnects() + " were closed");
    assertEquals(wire.server.requestCount() - 2, wire.server.disconnects());
  }

  @Test
  @DisplayName("B17 leaving the results early closes what runs, and starts no more")
  void leaving() {
    wire.server.otherwise(FakeReply.hang());
    wire.server.onPrompt("0").reply(FakeReply.text("first"));
    List<String> items = IntStream.range(0, 100).mapToObj(String::valueOf).toList();
    try (CallStream<String> results =
        Calls.pipeline(items).stage(2, wire.model()::ask).results().open()) {
      assertEquals("first", results.iterator().next());
    }
    wire.server.awaitIdle(Wire.SOON);
    assertTrue(wire.server.requestCount() <= 8, wire.server.requestCount() + " requests");
  }

  @Test
  void aStageWorksOnAtLeastOneItem() {
    CallPipeline<String> pipeline = Calls.pipeline(List.of("a"));
    assertThrows(IllegalArgumentException.class, () -> pipeline.stage(0, wire.model()::ask));
  }
}
