package dev.muster.samples.common;

import dev.muster.http.HttpTransport;
import dev.muster.ktor.KtorTransport;
import io.ktor.client.engine.cio.CIO;
import java.util.Optional;
import kotlin.Unit;

/** What carries the HTTP exchanges of a sample. */
public enum Transport {
  /** The default one, which a client makes by itself. */
  JDK(""),
  /** Ktor's CIO engine. */
  KTOR(" By Ktor's CIO engine.");

  private final String note;

  Transport(String note) {
    this.note = note;
  }

  /** Said after who answers, where it is not the default. */
  String note() {
    return note;
  }

  /** A transport for one client, which closes it; empty where the client makes its own. */
  Optional<HttpTransport> open() {
    if (this == JDK) return Optional.empty();
    return Optional.of(new KtorTransport(CIO.INSTANCE.create(config -> Unit.INSTANCE)));
  }
}
