package dev.muster.java;

import dev.muster.chat.ModelId;
import dev.muster.embedding.Embedding;
import dev.muster.embedding.EmbeddingModel;
import dev.muster.embedding.EmbeddingRequest;
import dev.muster.embedding.EmbeddingResponse;
import dev.muster.facade.Composition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A model that turns texts into vectors. Thread-safe.
 *
 * <pre>{@code
 * Embedder embedder = muster.embeddingModel("openai::text-embedding-3-small");
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

  /** Returns the id of this model. */
  public ModelId id() {
    return model.getId();
  }

  /** Returns a call that gives the vector of {@code text}. */
  public Call<Embedding> embed(String text) {
    EmbeddingRequest request = EmbeddingRequest.of(text);
    return Call.ofExchange(k -> Composition.embeddingOf(model, request, k), executor);
  }

  /**
   * Returns a call that gives the vectors of {@code texts}, in the same order. See {@link
   * #embed(EmbeddingRequest)}.
   */
  public Call<EmbeddingResponse> embedAll(List<String> texts) {
    return embed(EmbeddingRequest.of(texts));
  }

  /**
   * Returns a call that gives the vectors of all texts of {@code request}, in the same order. If
   * there are more texts than the provider accepts in one request, they are split into several
   * requests, some of which run at the same time. The first failure ends the call.
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
