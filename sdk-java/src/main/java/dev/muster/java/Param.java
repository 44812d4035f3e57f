package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says to the model what a parameter of a {@link Tool} method means. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Param {
  /** What it means, in words for the model. */
  String value() default "";

  /**
   * The name the model gives it by; the parameter's where it is empty, which is known only where the
   * class was compiled with {@code -parameters}.
   */
  String name() default "";
}
