package dev.muster.jackson3;

import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** The words that Jackson reads for the constants of an enum, whatever annotations define them. */
final class EnumWords {
  private final JsonMapper mapper;

  EnumWords(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * Returns texts or integers, in the order of the constants: the values that Jackson writes or, if
   * it cannot read those, the names of the constants.
   *
   * @throws IllegalArgumentException if Jackson can read neither
   */
  List<JsonNode> of(Class<?> type) {
    List<Object> constants = List.of(type.getEnumConstants());
    List<JsonNode> written =
        constants.stream().<JsonNode>map(mapper::valueToTree).toList();
    if (areRead(written, constants)) return written;
    List<JsonNode> names = constants.stream()
        .<JsonNode>map(constant -> StringNode.valueOf(((Enum<?>) constant).name()))
        .toList();
    if (areRead(names, constants)) return names;
    throw new IllegalArgumentException("Jackson cannot read what it writes for " + type.getName()
        + ", nor the names of its constants: annotate each constant with @JsonProperty, or add a"
        + " @JsonCreator that reads the values of @JsonValue");
  }

  private boolean areRead(List<JsonNode> words, List<Object> constants) {
    boolean isPlain = words.stream().allMatch(JsonNode::isString)
        || words.stream().allMatch(JsonNode::isIntegralNumber);
    if (!isPlain || words.isEmpty()) return false;
    Class<?> type = ((Enum<?>) constants.get(0)).getDeclaringClass();
    Object[] read = words.stream().map(word -> read(word, type)).toArray();
    return Arrays.equals(read, constants.toArray());
  }

  private Object read(JsonNode word, Class<?> type) {
    try {
      // Not treeToValue, whose signature changed in Jackson 3.1.
      return mapper.readerFor(type).readValue(word);
    } catch (JacksonException | IllegalArgumentException e) {
      // Equals no constant.
      return e;
    }
  }
}
