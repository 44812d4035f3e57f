package dev.muster.jackson3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.muster.agent.OutputType;
import dev.muster.java.OutputTypes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** This module's tests are compiled with {@code -parameters}, as programs on Spring Boot are. */
class ParameterNamesTest {
  static final class Point {
    private final int x;
    private final int y;

    public Point(int x, int y) {
      this.x = x;
      this.y = y;
    }
  }

  @Test
  void c7AConstructorIsReadByTheNamesOfItsParameters() {
    OutputType<Point> type = OutputTypes.of(Point.class);
    assertEquals(List.of("x", "y"), type.schema().get("required"));
    Point point = type.decode("{\"x\":1,\"y\":2}");
    assertEquals("1 2", point.x + " " + point.y);
  }
}
