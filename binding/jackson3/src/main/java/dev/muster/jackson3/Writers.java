package dev.muster.jackson3;

import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.impl.UnsupportedTypeSerializer;
import tools.jackson.databind.ser.std.StdContainerSerializer;

/**
 * Checks that Jackson can write a type before there is a value of it, such as the result of a tool.
 * Abstract types are not checked.
 */
final class Writers {
  private final SerializationContext context;
  private final Set<JavaType> types = new HashSet<>();

  private Writers(JsonMapper mapper) {
    context = mapper._serializationContext();
  }

  /**
   * Checks that Jackson can write {@code type}.
   *
   * @throws IllegalStateException if a Jackson module is missing; the message names it
   * @throws IllegalArgumentException if Jackson cannot write a value of the type
   */
  static void check(JsonMapper mapper, JavaType type) {
    new Writers(mapper).any(type, type.getRawClass().getSimpleName());
  }

  private void any(JavaType type, String path) {
    if (!types.add(type)) return;
    try {
      visit(context.findContentValueSerializer(type, null), type, path);
    } catch (DatabindException e) {
      throw DataTypes.refusal(type, path, e);
    }
  }

  private void visit(ValueSerializer<?> writer, JavaType type, String path) {
    if (writer instanceof UnsupportedTypeSerializer) {
      throw DataTypes.refusal(type, path, (DatabindException) null);
    }
    boolean isJdk = type.isConcrete() && DataTypes.isJdk(type.getRawClass());
    if (isJdk && writer instanceof BeanSerializerBase) {
      throw DataTypes.refusal(type, path, "it has no JSON representation; use a record");
    }
    if (type.isReferenceType()) {
      any(type.getContentType(), path);
    } else if (writer instanceof StdContainerSerializer<?> container) {
      JavaType content = container.getContentType();
      if (content != null) any(content, path);
    } else {
      properties(writer.properties(), path);
    }
  }

  private void properties(@Nullable Iterator<PropertyWriter> properties, String path) {
    while (properties != null && properties.hasNext()) {
      if (!(properties.next() instanceof BeanPropertyWriter property)) continue;
      String at = path + "." + property.getName();
      if (property.hasSerializer()) {
        visit(property.getSerializer(), property.getType(), at);
      } else {
        any(property.getType(), at);
      }
    }
  }
}
