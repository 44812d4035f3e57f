package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a method a tool that a model can call: see {@link Tools#from}. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Tool {
  /** What it does, in words for the model. */
  String value();

  /** The name the model calls it by; the method's where it is empty. */
  String name() default "";

  /** How long one run may take, in milliseconds; 0: as long as the agent allows. */
  long timeoutMillis() default 0;
}
