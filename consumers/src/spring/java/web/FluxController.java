package web;

import dev.muster.java.Model;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers and streams from Spring WebFlux. */
@RestController
class FluxController {
  private final Model model;
  private final Limits limits;

  FluxController(Model model, Limits limits) {
    this.model = model;
    this.limits = limits;
  }

  @GetMapping("/ask")
  Mono<String> ask(@RequestParam String prompt) {
    return Mono.fromFuture(() -> model.ask(prompt).executeAsync()).timeout(limits.limit());
  }

  @GetMapping(path = "/tokens", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<Token> tokens(@RequestParam String prompt) {
    return JdkFlowAdapter.flowPublisherToFlux(model.stream(prompt).text().publisher())
        .map(Token::new);
  }
}
