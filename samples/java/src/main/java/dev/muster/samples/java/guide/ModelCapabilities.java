package dev.muster.samples.java.guide;

import dev.muster.chat.CacheControl;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.ContentPart;
import dev.muster.chat.GenerationSettings;
import dev.muster.chat.Message;
import dev.muster.chat.ModelInfo;
import dev.muster.chat.Reasoning;
import dev.muster.chat.ReasoningEffort;
import dev.muster.embedding.EmbeddingRequest;
import dev.muster.embedding.EmbeddingResponse;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Embedder;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What docs/models.md shows. */
final class ModelCapabilities {
  private ModelCapabilities() {}

  static Call<String> settings(Agent agent) {
    GenerationSettings precise =
        GenerationSettings.builder().temperature(0).maxTokens(20).build();
    return agent.with(precise).ask("Name a prime.");
  }

  static Call<ChatResponse> image(Model model, Path photo) throws IOException {
    Message question = Message.user(
        new ContentPart.Text("What is on this picture?"),
        ContentPart.Image.of(Files.readAllBytes(photo), "image/jpeg"));
    return model.chat(question);
  }

  static Message document(Path report) throws IOException {
    return Message.user(
        ContentPart.Document.of(Files.readAllBytes(report), "application/pdf", "report.pdf"),
        new ContentPart.Text("Sum it up in three sentences."));
  }

  static Call<ChatResponse> reasoning(Model model) {
    return model.chat(ChatRequest.builder()
        .user("Is 2^61 - 1 a prime?")
        .reasoning(Reasoning.effort(ReasoningEffort.HIGH).includeText(true))
        .build());
  }

  static Call<String> agentThatThinks(Muster muster, Path photo) throws IOException {
    Agent agent = muster
        .agent("gemini::gemini-3-flash-preview")
        .reasoning(Reasoning.effort(ReasoningEffort.LOW))
        .stop(List.of("END"))
        .seed(7)
        .build();
    Message question = Message.user(
        new ContentPart.Text("What is on this picture?"),
        ContentPart.Image.of(Files.readAllBytes(photo), "image/jpeg"));
    return agent.ask(question);
  }

  static ChatRequest nextRound(ChatRequest request, ChatResponse response, String result) {
    return request.toBuilder()
        .message(response.toMessage())
        .message(Message.tool(response.toolCalls().get(0).id(), result))
        .build();
  }

  static ChatRequest cached(String handbook, String question) {
    return ChatRequest.builder()
        .message(Message.system(handbook).cached(new CacheControl(Duration.ofHours(1))))
        .user(question)
        .build();
  }

  static Call<EmbeddingResponse> embeddings(Muster muster, List<String> texts) {
    Embedder embedder = muster.embeddingModel("openai::text-embedding-3-small");
    return embedder.embed(
        EmbeddingRequest.builder().inputs(texts).dimensions(256).build());
  }

  static Call<List<String>> models(Muster muster) {
    return muster
        .models("anthropic")
        .map(models -> models.stream().map(ModelInfo::displayName).toList());
  }

  static ChatRequest extra() {
    return ChatRequest.builder()
        .user("What is new?")
        .extra("tools", List.of(Map.of("type", "web_search_20250305", "name", "web_search")))
        .build();
  }
}
