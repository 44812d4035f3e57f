package dev.muster.samples.common;

import dev.muster.http.transport.HttpTransport;
import dev.muster.ktor.KtorTransport;
import io.ktor.client.engine.cio.CIO;
import java.util.Optional;
import kotlin.Unit;

/** The transport of a sample. */
public enum Transport {
  /** The default transport, which a client makes by itself. */
  JDK(""),
  /** Ktor's CIO engine. */
  KTOR(" Using Ktor's CIO engine.");

  private final String note;

  Transport(String note) {
    this.note = note;
  }

  /** Returns a note for the banner; empty for the default. */
  String note() {
    return note;
  }

  /** Returns a transport for one client, which closes it; empty if the client makes its own. */
  Optional<HttpTransport> open() {
    if (this == JDK) return Optional.empty();
    return Optional.of(new KtorTransport(CIO.INSTANCE.create(config -> Unit.INSTANCE)));
  }
}
