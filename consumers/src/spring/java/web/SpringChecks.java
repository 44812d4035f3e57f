package web;

import dev.muster.MusterClient;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeServer;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.model.ChatModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import smoke.Checks;

/**
 * A Spring Boot program with a fake server. Checks that the end of a request ends the exchange with the provider. The
 * argument is the kind of program.
 */
public final class SpringChecks {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LATE = Duration.ofMinutes(10);
  private static final Duration BEAT = Duration.ofMillis(50);
  private static final String HANG = "prompt=hang";

  private final Checks checks = new Checks();
  private final Limits limits = new Limits();
  private final FakeServer server;
  private final int port;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Program {}

  private SpringChecks(
      FakeServer server, WebApplicationType kind, Model model, ChatModel chatModel) {
    this.server = server;
    ConfigurableApplicationContext context = new SpringApplicationBuilder(Program.class)
        .web(kind)
        .properties(
            "server.port=0",
            "spring.mvc.async.request-timeout=1s",
            "logging.level.root=OFF",
            "spring.main.banner-mode=off")
        .initializers(it -> {
          GenericApplicationContext beans = (GenericApplicationContext) it;
          beans.registerBean(Limits.class, () -> limits);
          beans.registerBean(Model.class, () -> model);
          beans.registerBean(ChatModel.class, () -> chatModel);
          controllers(kind).forEach(beans::registerBean);
        })
        .run();
    port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    server.onPrompt("hang").reply(FakeReply.hang());
    server.onPrompt("two").reply(FakeReply.tokens("a", " b"));
    server.onPrompt("endless").reply(FakeReply.endless(" word"));
    server.onPrompt("forbidden").reply(FakeReply.status(401));
  }

  public static void main(String... args) throws IOException {
    WebApplicationType kind = WebApplicationType.valueOf(args[0]);
    FakeServer server = FakeServer.start();
    Muster muster = Muster.builder().environment(server.environment()).build();
    MusterClient client =
        MusterClient.builder().environment(server.environment()).build();
    SpringChecks it =
        new SpringChecks(server, kind, muster.model("openai::m"), client.model("openai::m"));
    if (kind == WebApplicationType.SERVLET) it.servlet();
    else it.reactive();
    it.checks.exit();
  }

  private static List<Class<?>> controllers(WebApplicationType kind) {
    return kind == WebApplicationType.SERVLET
        ? List.of(MvcController.class)
        : List.of(FluxController.class, FluxSuspendController.class);
  }

  private void servlet() {
    answers("");
    leaves("a stream that writes", "/tokens?prompt=endless", "word");
    leaves("a stream that is silent", "/tokens?" + HANG, "waiting");
    timesOut("/ask?" + HANG, "/tokens?" + HANG, "/blocking?" + HANG);
    checks.check("a bare future is not cancelled by a timeout", () -> {
      int before = server.disconnects();
      String failed = page("/future?" + HANG);
      Checks.holds(failed.startsWith("HTTP/1.1 503"), failed);
      Checks.same(before, server.disconnects());
      Checks.same(1, server.inFlight());
    });
  }

  private void reactive() {
    for (String path : List.of("", "/suspend")) {
      answers(path);
      leaves("an answer" + path, path + "/ask?" + HANG, "");
      leaves("a stream that writes" + path, path + "/tokens?prompt=endless", "word");
      leaves("a stream that is silent" + path, path + "/tokens?" + HANG, "");
      timesOut(path + "/ask?" + HANG);
    }
  }

  private void answers(String path) {
    checks.check("answer" + path, () -> {
      String answered = page(path + "/ask?prompt=Hi");
      Checks.holds(answered.contains("You said: Hi"), answered);
      String failed = page(path + "/ask?prompt=forbidden");
      Checks.holds(failed.startsWith("HTTP/1.1 500"), failed);
      String streamed = page(path + "/tokens?prompt=two");
      Checks.holds(streamed.contains("{\"text\":\" b\"}"), streamed);
    });
  }

  /** Closes the browser when {@code shown} has arrived and the request has reached the provider. */
  private void leaves(String name, String page, String shown) {
    checks.check("leave " + name, () -> {
      limits.set(LATE, BEAT);
      int requests = server.requestCount();
      int before = server.disconnects();
      try (Browser browser = new Browser(port, page)) {
        server.awaitRequests(requests + 1, SOON);
        browser.read(shown);
      }
      server.awaitDisconnects(before + 1, SOON);
    });
  }

  /** Lets the pages time out, all at once. The browser does not close them. */
  private void timesOut(String... pages) {
    checks.check("timeout of " + String.join(" and ", pages), () -> {
      limits.set(Duration.ofSeconds(1), LATE);
      int before = server.disconnects();
      List<Browser> browsers = new ArrayList<>();
      for (String page : pages) browsers.add(new Browser(port, page));
      server.awaitDisconnects(before + pages.length, SOON);
      for (Browser browser : browsers) browser.close();
    });
  }

  private String page(String page) throws IOException {
    try (Browser browser = new Browser(port, page)) {
      return browser.read(null);
    }
  }
}
