package dev.muster.samples.java.guide;

import dev.muster.context.ContextCarrier;

/** Takes along who a thread works for. Named in META-INF/services/dev.muster.context.ContextCarrier. */
public final class TenantCarrier implements ContextCarrier {
  static final ThreadLocal<String> TENANT = new ThreadLocal<>();

  @Override
  public Captured capture() {
    String carried = TENANT.get();
    if (carried == null) return null;
    return () -> {
      String before = TENANT.get();
      TENANT.set(carried);
      return () -> TENANT.set(before);
    };
  }
}
