package dev.muster.jackson3;

import java.io.Serial;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.module.SimpleModule;

/** A Jackson module with a custom annotation, found by the ServiceLoader like any other module. */
public final class OwnNames extends SimpleModule {
  @Serial
  private static final long serialVersionUID = 1L;

  /** The name of a property. */
  @Retention(RetentionPolicy.RUNTIME)
  @interface Name {
    String value();
  }

  @Override
  public void setupModule(SetupContext context) {
    context.insertAnnotationIntrospector(new Names());
  }

  private static final class Names extends NopAnnotationIntrospector {
    @Serial
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable PropertyName findNameForDeserialization(
        MapperConfig<?> config, Annotated annotated) {
      Name name = annotated.getAnnotation(Name.class);
      return name == null ? null : PropertyName.construct(name.value());
    }
  }
}
