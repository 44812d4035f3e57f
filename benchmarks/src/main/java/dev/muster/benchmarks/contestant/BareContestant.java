package dev.muster.benchmarks.contestant;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all are measured against: {@code java.net.http} and nothing around it. It sends the body that Muster sends, as a
 * text with a hole for the prompt, and reads of the answer only the text, by Jackson's pull parser: no types, no usage,
 * no errors, no timeouts.
 */
final class BareContestant implements Contestant {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI uri;

  BareContestant(String baseUrl) {
    uri = URI.create(baseUrl + "/chat/completions");
  }

  @Override
  public Flight start(String model, int count) {
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      HttpRequest request = request(body(model, Prompts.of(i), ""));
      sent.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }
    // What is cancelled is the future of the exchange itself.
    List<CompletableFuture<String>> texts = new ArrayList<>(count);
    for (CompletableFuture<HttpResponse<String>> one : sent)
      texts.add(one.thenApply(BareContestant::text));
    return new Flight() {
      @Override
      public List<String> await() {
        return texts.stream().map(CompletableFuture::join).toList();
      }

      @Override
      public void cancel() {
        for (CompletableFuture<HttpResponse<String>> one : sent) one.cancel(true);
      }
    };
  }

  @Override
  public long stream(String model, int count) {
    AtomicLong tokens = new AtomicLong();
    List<CompletableFuture<?>> streams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      HttpRequest request = request(body(
          model, Prompts.of(i), ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
      streams.add(client.sendAsync(
          request, HttpResponse.BodyHandlers.fromLineSubscriber(new Lines(tokens))));
    }
    streams.forEach(CompletableFuture::join);
    return tokens.get();
  }

  @Override
  public void close() {
    // Before JDK 21 there is nothing to close; the JVM ends after the run.
  }

  private HttpRequest request(String body) {
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer key")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static String body(String model, String prompt, String more) {
    return "{\"model\":\""
        + model
        + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
        + prompt
        + "\"}]"
        + more
        + "}";
  }

  private static String text(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.statusCode() + " " + response.body());
    }
    return content(response.body());
  }

  /** The first field called content: in an answer of one choice and in the pieces of its stream there is no other. */
  private static String content(String json) {
    try (JsonParser parser = JSON.getFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && parser.currentName().equals("content")) {
          parser.nextToken();
          return parser.getValueAsString();
        }
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Lines implements Flow.Subscriber<String> {
    private final AtomicLong tokens;

    Lines(AtomicLong tokens) {
      this.tokens = tokens;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      if (!line.startsWith("data: {")) return;
      String text = content(line.substring("data: ".length()));
      if (text != null && !text.isEmpty()) tokens.incrementAndGet();
    }

    @Override
    public void onError(Throwable failure) {
      // The future of the exchange has it.
    }

    @Override
    public void onComplete() {}
  }
}
