package dev.muster.jackson3;

import dev.muster.jackson.contract.WithoutJacksonContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class WithoutJacksonTest extends WithoutJacksonContract {
  /** The class path of this test also has Jackson 2, for the fake server. */
  static Stream<Arguments> libraries() {
    String jackson = "tools.jackson.core:jackson-databind:" + Libraries.JACKSON;
    String generator = "com.github.victools:jsonschema-generator:" + Libraries.VICTOOLS;
    String module = "com.github.victools:jsonschema-module-jackson:" + Libraries.VICTOOLS;
    return Stream.of(
        Arguments.of(
            List.of("/tools/jackson/", "/jsonschema-", "/classmate-"),
            List.of(jackson, generator, module)),
        Arguments.of(List.of("/tools/jackson/core/jackson-databind/"), List.of(jackson)),
        Arguments.of(List.of("/jsonschema-generator-"), List.of(generator)),
        Arguments.of(List.of("/jsonschema-module-jackson-"), List.of(module)),
        Arguments.of(List.of("/classmate-"), List.of(generator)));
  }
}
