package dev.muster.jackson.contract;

import dev.muster.java.json.JsonBinding;
import java.util.ServiceLoader;

/** The binding that the tested module registers. */
final class Bound {
  private Bound() {}

  static JsonBinding binding() {
    return ServiceLoader.load(JsonBinding.class).findFirst().orElseThrow();
  }
}
