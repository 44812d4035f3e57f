package dev.muster.benchmarks.peers;

import com.anthropic.client.AnthropicClientAsync;
import com.anthropic.client.okhttp.AnthropicOkHttpClientAsync;
import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import java.util.concurrent.CompletableFuture;

/** Anthropic's own SDK: its asynchronous client, with Anthropic's API format. */
final class AnthropicJava extends AsyncPeer<Message> {
  /** The API requires a limit. This is more than any response has. */
  private static final long MAX_TOKENS = 1_000_000;

  private final AnthropicClientAsync client;

  AnthropicJava(Endpoint endpoint) {
    client = AnthropicOkHttpClientAsync.builder().baseUrl(endpoint.url()).apiKey("key").build();
  }

  @Override
  CompletableFuture<Message> send(String model, String prompt) {
    // Without streaming it rejects limits whose responses could take longer than its timeout.
    return client.messages().create(params(model, prompt).maxTokens(1_000).build());
  }

  @Override
  String text(Message answer) {
    return answer.content().get(0).asText().text();
  }

  @Override
  Streaming open(String model, String prompt, Runnable token) {
    AsyncStreamResponse<RawMessageStreamEvent> stream =
        client.messages().createStreaming(params(model, prompt).build());
    stream.subscribe(event -> event.contentBlockDelta()
        .flatMap(delta -> delta.delta().text())
        .filter(text -> !text.text().isEmpty())
        .ifPresent(text -> token.run()));
    return new Streaming(stream.onCompleteFuture(), stream::close);
  }

  @Override
  public void close() {
    client.close();
  }

  private static MessageCreateParams.Builder params(String model, String prompt) {
    return MessageCreateParams.builder().model(model).maxTokens(MAX_TOKENS).addUserMessage(prompt);
  }
}
