package dev.muster.java.parity;

import java.util.List;
import java.util.Optional;

/** The class that a Java program asks for in place of {@link Town}. */
public record RecordTown(String name, int people, List<String> rivers, Optional<String> mayor) {}
