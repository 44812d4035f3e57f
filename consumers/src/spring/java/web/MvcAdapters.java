package web;

import dev.muster.java.Call;
import dev.muster.java.CallFuture;
import dev.muster.java.StreamCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/** Calls as what a controller of Spring MVC returns. */
final class MvcAdapters {
  private MvcAdapters() {}

  /** The value of {@code call}, which is cancelled where the request ends before it. */
  static <T> DeferredResult<T> deferred(Call<T> call, Duration limit) {
    DeferredResult<T> result = new DeferredResult<>(limit.toMillis());
    CallFuture<T> future = call.executeAsync();
    result.onCompletion(() -> future.cancel(true));
    future.whenComplete((value, failure) -> {
      if (failure == null) result.setResult(value);
      else result.setErrorResult(failure);
    });
    return result;
  }

  /**
   * The values as server-sent events, with a comment every {@code beat}: only by writing does the server notice that
   * the browser has left.
   */
  static <T> SseEmitter events(
      StreamCall<T> values, Duration limit, Duration beat, ScheduledExecutorService timer) {
    SseEmitter emitter = new SseEmitter(limit.toMillis());
    CallFuture<Void> running =
        values.forEach(value -> send(emitter, SseEmitter.event().data(value))).executeAsync();
    Future<?> beats = timer.scheduleAtFixedRate(
        () -> beat(emitter, running), beat.toMillis(), beat.toMillis(), TimeUnit.MILLISECONDS);
    emitter.onCompletion(() -> {
      running.cancel(true);
      beats.cancel(false);
    });
    running.whenComplete((nothing, failure) -> {
      if (failure == null) emitter.complete();
      else emitter.completeWithError(failure);
    });
    return emitter;
  }

  private static void beat(SseEmitter emitter, CallFuture<Void> running) {
    try {
      send(emitter, SseEmitter.event().comment("waiting"));
    } catch (UncheckedIOException | IllegalStateException e) {
      running.cancel(true);
    }
  }

  private static void send(SseEmitter emitter, SseEventBuilder event) {
    try {
      emitter.send(event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
