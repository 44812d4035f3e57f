package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import dev.muster.error.ProviderException;
import dev.muster.fake.FakeReply;
import dev.muster.resilience.RetryPolicy;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import reactor.adapter.JdkFlowAdapter;

/**
 * A span and an MDC that are current when a call is started are current in all user code that runs
 * for it, on any thread, and on none of these threads afterwards.
 */
@Timeout(180)
@SuppressWarnings("try") // The scope is only closed.
class OpenTelemetryTest {
  private static final SdkTracerProvider TRACES = SdkTracerProvider.builder().build();
  private static final Tracer TRACER = TRACES.get("test");
  private static final MDCAdapter BEFORE = MDC.getMDCAdapter();
  private static final ExecutorService OWN = Executors.newSingleThreadExecutor();
  private static final Wire WIRE = new Wire();

  private static final Call<String> CURRENT = Call.of(OpenTelemetryTest::current);
  private static final StreamCall<String> ONE =
      Calls.mapConcurrent(List.of(1), 1, n -> Call.value("value"));

  /** Starts a call and returns what a piece of its code saw. */
  interface Place extends Callable<String> {}

  @BeforeAll
  static void logWithContext() throws ReflectiveOperationException {
    setAdapter(new PlainMdc());
    WIRE.server.otherwise(FakeReply.text("ok"));
  }

  @AfterAll
  static void stop() throws ReflectiveOperationException {
    setAdapter(BEFORE);
    WIRE.close();
    OWN.shutdown();
    TRACES.close();
  }

  @AfterEach
  void clear() {
    MDC.clear();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("places")
  @DisplayName("the span and the MDC of who starts a call are current in its")
  void carried(String name, Place place) throws Exception {
    Span span = TRACER.spanBuilder(name).startSpan();
    MDC.put("request", name);
    try (Scope scope = span.makeCurrent()) {
      String here = current();
      assertEquals(span.getSpanContext().getSpanId() + "/" + name, here);
      assertEquals(here, place.call());
      assertEquals(here, current());
    } finally {
      span.end();
      MDC.clear();
    }
    assertEquals("none", place.call());
  }

  static Stream<Arguments> places() {
    Map<String, Place> places = new LinkedHashMap<>();
    places.put("task", CURRENT::execute);
    places.put("task of a future", () -> CURRENT.executeAsync().join());
    places.put("mapper", () -> Call.value(1).map(n -> current()).execute());
    places.put("mapper after an exchange", () -> asked().map(n -> current()).execute());
    places.put("then", () -> asked().then(n -> Call.value(current())).execute());
    places.put("recover", () -> failing().recover(e -> current()).execute());
    places.put(
        "recoverWith", () -> failing().recoverWith(e -> Call.value(current())).execute());
    places.put(
        "supplier of a future",
        () ->
            Call.fromFuture(() -> CompletableFuture.completedFuture(current())).execute());
    places.put(
        "gather's mapper",
        () -> Calls.gather(List.of(1), n -> Call.value(current())).execute().get(0));
    places.put(
        "nested call",
        () -> Call.of(() -> asked().map(n -> current()).execute()).execute());
    places.put("source of items", OpenTelemetryTest::inASource);
    places.put(
        "pipeline's stage",
        () -> Calls.pipeline(List.of(1))
            .stage(1, n -> Call.value(current()))
            .toList()
            .execute()
            .get(0));
    places.put(
        "zip's combiner", () -> Calls.zip(asked(), asked(), (a, b) -> current()).execute());
    places.put(
        "stream's mapper", () -> ONE.map(n -> current()).toList().execute().get(0));
    places.put("opened stream's mapper", OpenTelemetryTest::inAnOpenStream);
    places.put(
        "forEach", () -> heard(seen -> ONE.forEach(n -> seen.set(current())).execute()));
    places.put(
        "forEach of events",
        () -> heard(seen ->
            WIRE.model().stream("Hi").text().forEach(n -> seen.set(current())).execute()));
    places.put(
        "forEach on an executor",
        () -> heard(seen -> ONE.forEach(OWN, n -> seen.set(current())).execute()));
    places.put("callback", OpenTelemetryTest::inACallback);
    places.put("callback of a queue", OpenTelemetryTest::inAPumpedCallback);
    places.put("stage of the future", OpenTelemetryTest::inAStage);
    places.put(
        "progress of a batch",
        () -> heard(seen -> Calls.batch(List.of(1), n -> asked())
            .onProgress(progress -> seen.set(current()))
            .execute()));
    places.put(
        "ids of a batch",
        () -> Calls.batch(List.of(1), n -> asked())
            .id(n -> current())
            .execute()
            .results()
            .get(0)
            .id());
    places.put("listener of retries", OpenTelemetryTest::inAListener);
    places.put(
        "publisher's mapper",
        () -> JdkFlowAdapter.flowPublisherToFlux(ONE.map(n -> current()).publisher())
            .blockFirst());
    places.put(
        "publisher's signals",
        () -> JdkFlowAdapter.flowPublisherToFlux(ONE.publisher())
            .map(n -> current())
            .blockFirst());
    return places.entrySet().stream().map(each -> Arguments.of(each.getKey(), each.getValue()));
  }

  @Test
  @DisplayName("what is current where a call is made, and not started, does not matter")
  void notWhereItIsMade() {
    Call<String> made;
    try (Scope scope = TRACER.spanBuilder("made").startSpan().makeCurrent()) {
      made = asked().map(n -> current());
    }
    assertEquals("none", made.execute());
  }

  private static String current() {
    Span span = Span.current();
    if (!span.getSpanContext().isValid() && MDC.get("request") == null) return "none";
    return span.getSpanContext().getSpanId() + "/" + MDC.get("request");
  }

  private static Call<String> asked() {
    return WIRE.model().ask("Hi");
  }

  private static Call<String> failing() {
    return asked().map(n -> {
      throw new ProviderException("down");
    });
  }

  private interface Listening {
    void run(AtomicReference<String> seen);
  }

  private static String heard(Listening run) {
    AtomicReference<String> seen = new AtomicReference<>();
    run.run(seen);
    return seen.get();
  }

  private static String inASource() {
    Iterable<String> source = () -> List.of(current()).iterator();
    return Calls.mapConcurrent(source, 1, Call::value).toList().execute().get(0);
  }

  private static String inAnOpenStream() {
    try (CallStream<String> stream = ONE.map(n -> current()).open()) {
      return stream.iterator().next();
    }
  }

  private static String inACallback() {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Thread here = Thread.currentThread();
    asked()
        .enqueue(
            answer -> {
              assertNotSame(here, Thread.currentThread());
              seen.complete(current());
            },
            seen::completeExceptionally);
    return seen.join();
  }

  /** Started on this thread and processed on another. */
  private static String inAPumpedCallback() throws Exception {
    CallbackQueue queue = new CallbackQueue();
    AtomicReference<String> seen = new AtomicReference<>();
    queue.enqueue(asked(), answer -> seen.set(current()));
    OWN.submit(() -> queue.processAll(Wire.SOON)).get();
    return seen.get();
  }

  private static String inAStage() {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<String> stage =
        Call.fromFuture(() -> begun).executeAsync().thenApply(nothing -> current());
    begun.complete(null);
    return stage.join();
  }

  private static String inAListener() {
    AtomicReference<String> seen = new AtomicReference<>();
    RetryPolicy policy = RetryPolicy.builder()
        .maxRetries(1)
        .firstBackoff(Duration.ofMillis(1))
        .onRetry(event -> seen.set(current()))
        .build();
    Call.failure(new ProviderException("down"))
        .retry(policy)
        .recover(e -> "over")
        .execute();
    return seen.get();
  }

  /** If nothing is set, SLF4J uses its default for loggers without an MDC. */
  private static void setAdapter(MDCAdapter adapter) throws ReflectiveOperationException {
    Method setter = MDC.class.getDeclaredMethod("setMDCAdapter", MDCAdapter.class);
    setter.setAccessible(true);
    setter.invoke(null, adapter);
  }

  /** Not inherited by new threads: a value on another thread was carried there. */
  private static final class PlainMdc extends NOPMDCAdapter {
    private final ThreadLocal<Map<String, String>> values = new ThreadLocal<>();

    @Override
    public void put(String key, String value) {
      if (values.get() == null) values.set(new HashMap<>());
      values.get().put(key, value);
    }

    @Override
    public String get(String key) {
      return values.get() == null ? null : values.get().get(key);
    }

    @Override
    public void clear() {
      values.remove();
    }

    @Override
    public Map<String, String> getCopyOfContextMap() {
      return values.get() == null ? null : new HashMap<>(values.get());
    }

    @Override
    public void setContextMap(Map<String, String> map) {
      values.set(new HashMap<>(map));
    }
  }
}
