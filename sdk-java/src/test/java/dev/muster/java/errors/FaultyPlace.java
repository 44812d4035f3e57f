package dev.muster.java.errors;

/**
 * Cannot be created from its JSON: the constructor throws the error that {@link Faulty} has for its
 * name.
 */
public record FaultyPlace(String name) {
  public FaultyPlace {
    Faulty.fail();
  }
}
