package dev.muster.java;

import dev.muster.context.ContextCarrier;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * Carries the OpenTelemetry context, as a user would do. Registered in META-INF/services of the
 * tests.
 */
public final class OpenTelemetryCarrier implements ContextCarrier {
  @Override
  public Captured capture() {
    Context carried = Context.current();
    if (carried == Context.root()) return null;
    return () -> {
      Scope scope = carried.makeCurrent();
      return scope::close;
    };
  }
}
