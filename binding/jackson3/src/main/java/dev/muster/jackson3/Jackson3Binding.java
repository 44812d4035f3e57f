package dev.muster.jackson3;

import dev.muster.java.json.JsonBinding;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link JsonBinding} that uses Jackson 3 and victools 5. {@link java.util.ServiceLoader} finds
 * it; users do not create it.
 *
 * <p>Every method throws an {@link IllegalStateException} if these libraries are missing or do not
 * work together; the message says which artifact and version to add. For this, this class itself
 * refers to none of their classes.
 */
public final class Jackson3Binding implements JsonBinding {
  /** For {@link java.util.ServiceLoader}. */
  public Jackson3Binding() {}

  private static JsonBinding mapper() {
    try {
      return MapperBinding.shared();
    } catch (LinkageError e) {
      throw Libraries.refusal(e);
    }
  }

  @Override
  public Map<String, @Nullable Object> schema(Type type) {
    return mapper().schema(type);
  }

  @Override
  public <T> T read(String json, Type type) {
    return mapper().read(json, type);
  }

  @Override
  public Map<String, String> members(String json) {
    return mapper().members(json);
  }

  @Override
  public void checkResult(Type type) {
    mapper().checkResult(type);
  }

  @Override
  public String write(@Nullable Object value) {
    return mapper().write(value);
  }
}
