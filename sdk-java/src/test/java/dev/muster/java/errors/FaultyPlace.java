package dev.muster.java.errors;

/** What cannot be made of its JSON: the constructor throws what {@link Faulty} says for its name. */
public record FaultyPlace(String name) {
  public FaultyPlace {
    Faulty.fail();
  }
}
