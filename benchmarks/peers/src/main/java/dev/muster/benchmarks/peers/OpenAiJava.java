package dev.muster.benchmarks.peers;

import com.openai.client.OpenAIClientAsync;
import com.openai.client.okhttp.OpenAIOkHttpClientAsync;
import com.openai.core.http.AsyncStreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.util.concurrent.CompletableFuture;

/** OpenAI's own SDK: its asynchronous client. */
final class OpenAiJava extends AsyncPeer<ChatCompletion> {
  private final OpenAIClientAsync client;

  OpenAiJava(Endpoint endpoint) {
    client = OpenAIOkHttpClientAsync.builder().baseUrl(endpoint.openAi()).apiKey("key").build();
  }

  @Override
  CompletableFuture<ChatCompletion> send(String model, String prompt) {
    return client.chat().completions().create(params(model, prompt).build());
  }

  @Override
  String text(ChatCompletion answer) {
    return answer.choices().get(0).message().content().orElseThrow();
  }

  @Override
  Streaming open(String model, String prompt, Runnable token) {
    ChatCompletionStreamOptions usage =
        ChatCompletionStreamOptions.builder().includeUsage(true).build();
    AsyncStreamResponse<ChatCompletionChunk> stream = client
        .chat()
        .completions()
        .createStreaming(params(model, prompt).streamOptions(usage).build());
    stream.subscribe(chunk -> chunk.choices().stream()
        .flatMap(choice -> choice.delta().content().stream())
        .filter(text -> !text.isEmpty())
        .forEach(text -> token.run()));
    return new Streaming(stream.onCompleteFuture(), stream::close);
  }

  @Override
  public void close() {
    client.close();
  }

  private static ChatCompletionCreateParams.Builder params(String model, String prompt) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage(prompt);
  }
}
