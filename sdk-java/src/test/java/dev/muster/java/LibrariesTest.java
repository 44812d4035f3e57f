package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibrariesTest {
  @Test
  void d1TheVersionsThatAreSaidToBeAddedAreThoseOfTheBuildAndOfTheGuide() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    assertTrue(pom.contains("<jackson.version>" + Libraries.JACKSON + "<"), Libraries.JACKSON);
    assertTrue(pom.contains("<victools.version>" + Libraries.VICTOOLS + "<"), Libraries.VICTOOLS);
    String guide = Files.readString(Path.of("../docs/getting-started.md"));
    for (String artifact : new String[] {
      "com.fasterxml.jackson.core:jackson-databind:" + Libraries.JACKSON,
      Libraries.datatype("jdk8", null),
      Libraries.datatype("jsr310", null),
      "com.github.victools:jsonschema-generator:" + Libraries.VICTOOLS,
      "com.github.victools:jsonschema-module-jackson:" + Libraries.VICTOOLS
    }) {
      assertTrue(guide.contains('"' + artifact + '"'), artifact);
    }
  }
}
