package dev.muster.java.parity;

import java.util.List;
import java.util.Optional;

/** What a Java program asks for where it asks for a {@link Town}. */
public record RecordTown(String name, int people, List<String> rivers, Optional<String> mayor) {}
