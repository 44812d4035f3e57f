package dev.muster.jackson;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import dev.muster.jackson.contract.WithoutJacksonContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

class WithoutJacksonTest extends WithoutJacksonContract {
  private static final String FOUND = PackageVersion.VERSION.toString();

  static Stream<Arguments> libraries() {
    String jackson = "com.fasterxml.jackson.core:jackson-databind:" + Libraries.JACKSON;
    String jdk8 = "com.fasterxml.jackson.datatype:jackson-datatype-jdk8:";
    String generator = "com.github.victools:jsonschema-generator:" + Libraries.VICTOOLS;
    String module = "com.github.victools:jsonschema-module-jackson:" + Libraries.VICTOOLS;
    return Stream.of(
        Arguments.of(
            List.of("/jackson-", "/jsonschema-", "/classmate-"),
            List.of(jackson, jdk8 + Libraries.JACKSON, generator, module)),
        Arguments.of(List.of("/jackson-databind-"), List.of(jackson)),
        Arguments.of(List.of("/jsonschema-generator-"), List.of(generator)),
        Arguments.of(List.of("/jsonschema-module-jackson-"), List.of(module)),
        Arguments.of(List.of("/classmate-"), List.of(generator)));
  }

  @Test
  void c7WithoutTheModuleForOptionalsTheirTypesAreRefusedAtOnceAndAllElseWorks() throws Exception {
    onlyRefused(
        run(List.of("/jackson-datatype-jdk8-")),
        "optional",
        "com.fasterxml.jackson.datatype:jackson-datatype-jdk8:" + FOUND);
  }

  @Test
  void c7WithoutTheModuleForTimesTheirTypesAreRefusedAtOnceAndAllElseWorks() throws Exception {
    onlyRefused(
        run(List.of("/jackson-datatype-jsr310-")),
        "time",
        "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:" + FOUND);
  }
}
