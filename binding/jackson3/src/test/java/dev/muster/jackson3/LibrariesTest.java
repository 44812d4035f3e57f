package dev.muster.jackson3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibrariesTest {
  @Test
  void d1TheVersionsThatAreSaidToBeAddedAreThoseOfTheBuild() throws IOException {
    String pom = Files.readString(Path.of("../../pom.xml"));
    assertTrue(pom.contains("<jackson3.version>" + Libraries.JACKSON + "<"), Libraries.JACKSON);
    assertTrue(pom.contains("<victools5.version>" + Libraries.VICTOOLS + "<"), Libraries.VICTOOLS);
  }
}
