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

/**
 * The yardstick: {@code java.net.http} and nothing around it. It sends the same body as Muster, from a template with a
 * gap for the prompt, and reads only the text of the response, with Jackson's pull parser: no types, no usage, no
 * errors, no timeouts.
 */
final class BareContestant implements Contestant {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STREAM =
      ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";

  private final HttpClient client;
  private final URI uri;

  BareContestant(Endpoint endpoint) {
    uri = URI.create(endpoint.openAi() + "/chat/completions");
    client = HttpClient.newBuilder()
        .version(endpoint.http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
        .build();
  }

  @Override
  public Answers start(String model, int count) {
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>(count);
    for (int i = 0; i < count; i++) sent.add(send(model, i));
    return Futures.calls(texts(sent), sent);
  }

  @Override
  public Flight stream(String model, int count, Tokens tokens) {
    List<CompletableFuture<?>> streams = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Lines lines = new Lines(i, tokens);
      streams.add(client.sendAsync(
          request(body(model, Prompts.of(i), STREAM)),
          HttpResponse.BodyHandlers.fromLineSubscriber(lines)));
    }
    return Futures.flight(streams, streams);
  }

  @Override
  public Flight race(int races, String winner, String loser, int losers) {
    List<CompletableFuture<String>> firsts = new ArrayList<>(races);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int race = 0; race < races; race++) {
      List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>(losers + 1);
      sent.add(send(winner, race));
      for (int i = 0; i < losers; i++) sent.add(send(loser, race));
      firsts.add(Futures.race(texts(sent), sent));
      all.addAll(sent);
    }
    return Futures.flight(firsts, all);
  }

  @Override
  public void close() {
    // Before JDK 21 an HttpClient cannot be closed. The JVM ends after the run.
  }

  private CompletableFuture<HttpResponse<String>> send(String model, int number) {
    HttpRequest request = request(body(model, Prompts.of(number), ""));
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private static List<CompletableFuture<String>> texts(
      List<CompletableFuture<HttpResponse<String>>> sent) {
    List<CompletableFuture<String>> texts = new ArrayList<>(sent.size());
    for (CompletableFuture<HttpResponse<String>> one : sent)
      texts.add(one.thenApply(BareContestant::text));
    return texts;
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

  /** Returns the first field called content. A response with one choice, or a piece of its stream, has no other. */
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
    private final int stream;
    private final Tokens tokens;

    Lines(int stream, Tokens tokens) {
      this.stream = stream;
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
      if (text != null && !text.isEmpty()) tokens.token(stream);
    }

    @Override
    public void onError(Throwable failure) {
      // The future of the exchange reports it.
    }

    @Override
    public void onComplete() {}
  }
}
