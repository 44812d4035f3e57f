package dev.muster.jackson;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.muster.jackson.contract.TypeTableContract;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

class TypeTableTest extends TypeTableContract {
  private static final String RENAMED = object(
      "'first_name':" + TEXT + ",'born-on':" + text("In the pattern dd.MM.yyyy"),
      "'first_name','born-on'");

  @Override
  protected Stream<Arguments> ownRead() {
    return Stream.of(
        row(JsonNode.class, "{}", "[7]", nodes()),
        row(ArrayNode.class, list("{}"), "[7]", nodes()),
        row(ObjectNode.class, MAP, "{}", JsonNodeFactory.instance.objectNode()),
        row(Known.class, object("'n':" + WHOLE, "'n'"), "{'n':7}", new Real(7)),
        row(Renamed.class, RENAMED, "{'first_name':'A','born-on':'28.11.2026'}", renamed()));
  }

  @Override
  protected Stream<Arguments> ownRefused() {
    return Stream.of(none(IntNode.class, "use JsonNode"));
  }

  @JsonDeserialize(as = Real.class)
  interface Known {}

  record Real(int n) implements Known {}

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Renamed(
      @JsonAlias("name") String firstName,

      @JsonProperty("born-on") @JsonFormat(pattern = "dd.MM.yyyy")
      LocalDate born) {}

  private static ArrayNode nodes() {
    return JsonNodeFactory.instance.arrayNode().add(7);
  }

  private static Renamed renamed() {
    return new Renamed("A", LocalDate.of(2026, 11, 28));
  }
}
