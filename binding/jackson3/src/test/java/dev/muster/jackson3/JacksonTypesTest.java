package dev.muster.jackson3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.muster.jackson.contract.JacksonTypesContract;
import dev.muster.java.OutputTypes;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.annotation.JsonDeserialize;

class JacksonTypesTest extends JacksonTypesContract {
  @JsonDeserialize(as = Real.class)
  interface Known {}

  record Real(int n) implements Known {}

  record Makable(
      Known known,
      Object any,
      Collection<? extends Number> numbers,
      AtomicReference<Known> reference,
      EnumMap<Level, Known> byLevel,
      @JsonDeserialize(contentAs = Real.class) List<Known> list,
      @JsonIgnore @Nullable Vague ignored) {}

  @Test
  void c9WhatJacksonIsToldToMakeIsNotRefused() {
    assertEquals("Makable", OutputTypes.of(Makable.class).name());
    assertEquals(
        "Holder", json.read("{\"vague\":null}", Holder.class).getClass().getSimpleName());
  }
}
