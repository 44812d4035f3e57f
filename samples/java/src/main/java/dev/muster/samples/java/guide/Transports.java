package dev.muster.samples.java.guide;

import dev.muster.java.Muster;
import dev.muster.ktor.KtorTransport;
import io.ktor.client.engine.cio.CIO;
import io.ktor.client.engine.okhttp.OkHttp;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import kotlin.Unit;
import kotlinx.coroutines.ExecutorsKt;
import okhttp3.Dispatcher;

/** The code in docs/transports.md. */
final class Transports {
  private Transports() {}

  static Muster onCio() {
    var engine = CIO.INSTANCE.create(config -> {
      config.setMaxConnectionsCount(10_000);
      config.getEndpoint().setMaxConnectionsPerRoute(10_000);
      return Unit.INSTANCE;
    });
    return Muster.builder().transport(new KtorTransport(engine)).build();
  }

  static Muster onOkHttp() {
    // From JDK 21 on: Executors.newVirtualThreadPerTaskExecutor().
    ExecutorService threads = Executors.newCachedThreadPool();
    Dispatcher dispatcher = new Dispatcher(threads);
    dispatcher.setMaxRequests(10_000);
    dispatcher.setMaxRequestsPerHost(10_000);
    var engine = OkHttp.INSTANCE.create(config -> {
      config.setDispatcher(ExecutorsKt.from(threads));
      config.config(client -> {
        client.dispatcher(dispatcher).retryOnConnectionFailure(false);
        return Unit.INSTANCE;
      });
      return Unit.INSTANCE;
    });
    return Muster.builder().transport(new KtorTransport(engine)).build();
  }
}
