package dev.muster.java;

import dev.muster.chat.ModelId;
import dev.muster.embedding.Embedding;
import dev.muster.embedding.EmbeddingModel;
import dev.muster.embedding.EmbeddingRequest;
import dev.muster.embedding.EmbeddingResponse;
import dev.muster.spi.Composition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A model that turns texts into vectors. Thread-safe.
 *
 * <pre>{@code
 * Embedder embedder = muster.embedder("openai::text-embedding-3-small");
 * Embedding vector = embedder.embed("A lighthouse in the fog").execute();
 * System.out.println(vector.size());
 * }</pre>
 */
@CheckReturnValue
public final class Embedder {
  private final EmbeddingModel model;
  private final @Nullable Executor executor;

  Embedder(EmbeddingModel model, @Nullable Executor executor) {
    this.model = model;
    this.executor = executor;
  }

  /** Which model this is. */
  public ModelId id() {
    return model.getId();
  }

  /** The vector of {@code text}. */
  public Call<Embedding> embed(String text) {
    EmbeddingRequest request = EmbeddingRequest.of(text);
    return Call.ofExchange(k -> Composition.embeddingOf(model, request, k), executor);
  }

  /** The vectors of {@code texts}, in their order; see {@link #embed(EmbeddingRequest)}. */
  public Call<EmbeddingResponse> embedAll(List<String> texts) {
    return embed(EmbeddingRequest.of(texts));
  }

  /**
   * The vectors of all texts of {@code request}, in their order. More texts than the provider takes
   * at once are split into several exchanges, some of which run at the same time; the first that
   * fails ends the call.
   */
  public Call<EmbeddingResponse> embed(EmbeddingRequest request) {
    Objects.requireNonNull(request, "request");
    return Call.ofExchange(k -> model.embed(request, k), executor);
  }

  @Override
  public String toString() {
    return "Embedder(" + id() + ")";
  }
}
