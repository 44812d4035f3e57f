package dev.muster.samples.common;

/** The weather of the samples. */
public final class Weather {
  private Weather() {}

  /** Returns the result of the tool for {@code city}. */
  public static String in(String city) {
    return city.equals("London") ? "London: rain, 12 degrees." : city + ": sunny, 22 degrees.";
  }
}
