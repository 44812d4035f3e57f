package dev.muster.jackson3;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.muster.jackson.contract.TypeTableContract;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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
