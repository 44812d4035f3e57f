package dev.muster.jackson3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.muster.agent.OutputType;
import dev.muster.jackson.contract.TypeReadingContract;
import dev.muster.java.OutputTypes;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

class TypeReadingTest extends TypeReadingContract {
  @JsonDeserialize(using = Reader.class)
  static final class ByReader {
    String how = "";
  }

  static final class Reader extends StdDeserializer<ByReader> {
    Reader() {
      super(ByReader.class);
    }

    @Override
    public ByReader deserialize(JsonParser parser, DeserializationContext context) {
      check(parser.readValueAsTree().get("how").toString().replace("\"", ""));
      return new ByReader();
    }
  }

  @Override
  protected Class<?> byReader() {
    return ByReader.class;
  }

  record Named(@OwnNames.Name("given_name") String name) {}

  @Test
  void c7AModuleThatAddsAnnotationsIsHeeded() {
    OutputType<Named> type = OutputTypes.of(Named.class);
    assertEquals(List.of("given_name"), type.schema().get("required"));
    assertEquals(new Named("Ann"), type.decode("{\"given_name\":\"Ann\"}"));
  }
}
