package dev.muster.java.errors;

import java.util.function.Supplier;

/** The errors that constructors throw, because they cannot be passed to the constructor. */
public final class Faulty {
  private static volatile Error error = new AssertionError("nothing was set");

  private Faulty() {}

  /** Returns the result of {@code make}, whose constructors throw {@code thrown} from now on. */
  public static <T> T throwing(Error thrown, Supplier<T> make) {
    error = thrown;
    return make.get();
  }

  public static void fail() {
    throw error;
  }
}
