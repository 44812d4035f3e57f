package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a method as a tool that a model can call. See {@link Tools#from}. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Tool {
  /** Description of the tool, for the model. */
  String value();

  /** Name of the tool, for the model. Default: the name of the method. */
  String name() default "";

  /** Timeout of one run, in milliseconds. Default: 0, which means the agent's tool timeout. */
  long timeoutMillis() default 0;
}
