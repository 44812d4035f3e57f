package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiTools;
import org.junit.jupiter.api.Test;

/**
 * The public API is written down in api/muster-java.api; run with -Dapi.update=true to rewrite it.
 */
class PublicApiTest {
  private static final Path DUMP = Path.of("api", "muster-java.api");

  @Test
  void thePublicApiMatchesTheDump() throws IOException {
    StringBuilder now = new StringBuilder();
    AbiTools.Companion.getInstance(getClass().getClassLoader())
        .printJvmDump(now, classes(), AbiFilters.Companion.getEMPTY());
    if (Boolean.getBoolean("api.update")) {
      Files.createDirectories(DUMP.getParent());
      Files.writeString(DUMP, now);
    }
    assertEquals(Files.readString(DUMP), now.toString());
  }

  private static List<File> classes() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("target", "classes"))) {
      return files
          .map(Path::toFile)
          .filter(file -> file.getName().endsWith(".class"))
          .toList();
    }
  }
}
