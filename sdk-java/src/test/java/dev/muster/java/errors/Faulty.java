package dev.muster.java.errors;

import java.util.function.Supplier;

/** What constructors throw: they cannot be given it. */
public final class Faulty {
  private static volatile Error error = new AssertionError("nothing was set");

  private Faulty() {}

  /** What {@code make} gives, whose constructors throw {@code thrown} from now on. */
  public static <T> T throwing(Error thrown, Supplier<T> make) {
    error = thrown;
    return make.get();
  }

  public static void fail() {
    throw error;
  }
}
