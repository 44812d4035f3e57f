package dev.muster.jackson;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializer;
import com.fasterxml.jackson.databind.ser.ContainerSerializer;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import com.fasterxml.jackson.databind.ser.impl.UnsupportedTypeSerializer;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that Jackson can write a type before there is a value of it, such as the result of a tool.
 * Abstract types are not checked.
 */
final class Writers {
  private final SerializerProvider provider;
  private final Set<JavaType> types = new HashSet<>();

  private Writers(JsonMapper mapper) {
    provider = mapper.getSerializerProviderInstance();
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
      visit(provider.findValueSerializer(type, null), type, path);
    } catch (JsonMappingException e) {
      throw DataTypes.refusal(type, path, e);
    }
  }

  private void visit(JsonSerializer<?> writer, JavaType type, String path) {
    // Without its module, older Jackson versions write an Optional as an object with one property.
    boolean isBare =
        writer instanceof BeanSerializer && JavaTypes.OPTIONALS.contains(type.getRawClass());
    if (isBare || writer instanceof UnsupportedTypeSerializer) {
      throw DataTypes.refusal(type, path, (JsonMappingException) null);
    }
    boolean isJdk = type.isConcrete() && DataTypes.isJdk(type.getRawClass());
    if (isJdk && writer instanceof BeanSerializer) {
      throw DataTypes.refusal(type, path, "it has no JSON representation; use a record");
    }
    if (type.isReferenceType()) {
      any(type.getContentType(), path);
    } else if (writer instanceof ContainerSerializer<?> container) {
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
