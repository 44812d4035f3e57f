package dev.muster.samples.common;

/** The weather of the samples, which is fair. */
public final class Weather {
  private Weather() {}

  /** What the tool tells the model of {@code city}. */
  public static String in(String city) {
    return city.equals("London") ? "London: rain, 12 degrees." : city + ": sunny, 22 degrees.";
  }
}
