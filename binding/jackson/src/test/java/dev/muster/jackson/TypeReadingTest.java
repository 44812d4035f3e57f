package dev.muster.jackson;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dev.muster.agent.OutputType;
import dev.muster.jackson.contract.TypeReadingContract;
import dev.muster.java.OutputTypes;
import java.io.IOException;
import java.io.Serial;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeReadingTest extends TypeReadingContract {
  @JsonDeserialize(using = Reader.class)
  static final class ByReader {
    String how = "";
  }

  static final class Reader extends StdDeserializer<ByReader> {
    @Serial
    private static final long serialVersionUID = 1L;

    Reader() {
      super(ByReader.class);
    }

    @Override
    public ByReader deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
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
