package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.chat.CacheControl;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.ContentPart;
import dev.muster.chat.Message;
import dev.muster.chat.ModelInfo;
import dev.muster.chat.Reasoning;
import dev.muster.chat.ReasoningEffort;
import dev.muster.chat.Usage;
import dev.muster.embedding.Embedding;
import dev.muster.embedding.EmbeddingRequest;
import dev.muster.embedding.EmbeddingResponse;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Model features other than text, from Java. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CapabilitiesTest {
  private final Wire wire = new Wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  @DisplayName("A19 A22 A23 images, reasoning and the cache are asked for, and reasoning goes back")
  void chat() {
    wire.server
        .on(it -> last(it).equals("user"))
        .reply(FakeReply.toolCall("c1", "now", "{}")
            .reasoning("Let me look")
            .usage(100, 20, 60, 4)
            .cacheCreation(30));
    Model model = wire.muster.model("anthropic::claude");
    Message question = Message.user(
            new ContentPart.Text("What is it?"),
            ContentPart.Image.of(new byte[] {1, 2, 3}, "image/png"),
            ContentPart.Document.url("https://example.com/a.pdf", "a.pdf"))
        .cached(new CacheControl(Duration.ofHours(1)));
    ChatRequest request = ChatRequest.builder()
        .message(question)
        .reasoning(Reasoning.effort(ReasoningEffort.HIGH).includeText(true))
        .build();
    ChatResponse answer = model.chat(request).execute();
    assertEquals("Let me look", answer.reasoning());
    assertEquals("anthropic", answer.reasoningParts().get(0).apiFormat());
    Usage usage = answer.usage();
    assertEquals(60L, usage.cachedInputTokens());
    assertEquals(30L, usage.cacheWriteInputTokens());
    FakeRequest seen = wire.server.requests().get(0);
    assertEquals("AQID", seen.field("/messages/0/content/1/source/data"));
    assertEquals("1h", seen.field("/messages/0/content/2/cache_control/ttl"));
    assertEquals("high", seen.field("/output_config/effort"));

    ChatRequest next = request.toBuilder()
        .message(answer.toMessage())
        .message(Message.tool("c1", "noon", true))
        .build();
    assertTrue(model.chat(next).execute().text().startsWith("You said"));
    assertEquals(
        "Let me look", wire.server.requests().get(1).field("/messages/1/content/0/thinking"));
    assertEquals("true", wire.server.requests().get(1).field("/messages/2/content/0/is_error"));
  }

  private static String last(FakeRequest request) {
    return request.messages().get(request.messages().size() - 1).role();
  }

  @Test
  @DisplayName("A21 one text, many texts and a whole request are embedded, in all styles of a call")
  void embeddings() throws ExecutionException, InterruptedException {
    wire.server.otherwise(it -> FakeReply.embeddings(it.inputs().stream()
        .map(text -> new float[] {text.length(), 0.5f})
        .toArray(float[][]::new)));
    Embedder embedder = wire.muster.embeddingModel("ollama::e");
    assertEquals("ollama::e", embedder.id().toString());
    Embedding one = embedder.embed("abc").execute();
    assertArrayEquals(new float[] {3, 0.5f}, one.toFloatArray());
    EmbeddingResponse many =
        embedder.embedAll(List.of("a", "bc")).executeAsync().get();
    assertEquals(
        List.of(1f, 2f), many.embeddings().stream().map(it -> it.get(0)).toList());
    assertEquals("ollama", many.provider());
    EmbeddingRequest request =
        EmbeddingRequest.builder().inputs(List.of("a")).extra("truncate", false).build();
    assertEquals(1, embedder.embed(request).execute().embeddings().size());
    assertEquals("false", wire.server.requests().get(2).field("/truncate"));
    assertThrows(
        IllegalArgumentException.class, () -> wire.muster.embeddingModel("anthropic::claude"));
  }

  @Test
  @DisplayName(
      "A10 the models of a provider are listed, and an unknown provider is the call's failure")
  void models() {
    wire.server.models("a", "b");
    List<ModelInfo> models = wire.muster.models("anthropic").execute();
    assertEquals(
        List.of("anthropic::a", "anthropic::b"),
        models.stream().map(it -> it.id().toString()).toList());
    assertEquals(200_000L, models.get(0).contextWindow());
    Call<List<ModelInfo>> unknown = wire.muster.models("nobody");
    assertThrows(IllegalArgumentException.class, unknown::execute);
  }
}
