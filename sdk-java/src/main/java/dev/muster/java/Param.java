package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a parameter of a {@link Tool} method for the model. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Param {
  /** Description of the parameter, for the model. */
  String value() default "";

  /**
   * Name of the parameter, for the model. Default: the name of the parameter, which is available
   * only if the class was compiled with {@code -parameters}.
   */
  String name() default "";
}
