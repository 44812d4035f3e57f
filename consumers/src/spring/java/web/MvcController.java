package web;

import dev.muster.java.Model;
import dev.muster.java.StreamCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Answers, streams and a blocking call from Spring MVC. */
@RestController
class MvcController {
  private final Model model;
  private final Limits limits;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "beats");
        thread.setDaemon(true);
        return thread;
      });

  MvcController(Model model, Limits limits) {
    this.model = model;
    this.limits = limits;
  }

  @GetMapping("/ask")
  DeferredResult<String> ask(@RequestParam String prompt) {
    return MvcAdapters.deferred(model.ask(prompt), limits.limit());
  }

  @GetMapping("/tokens")
  SseEmitter tokens(@RequestParam String prompt) {
    StreamCall<Token> tokens = model.stream(prompt).text().map(Token::new);
    return MvcAdapters.events(tokens, limits.limit(), limits.beat(), timer);
  }

  /** Spring leaves this future alone when the request times out. */
  @GetMapping("/future")
  CompletableFuture<String> future(@RequestParam String prompt) {
    return model.ask(prompt).executeAsync();
  }

  @GetMapping("/blocking")
  String blocking(@RequestParam String prompt) {
    return model.ask(prompt).timeout(limits.limit()).execute();
  }
}
