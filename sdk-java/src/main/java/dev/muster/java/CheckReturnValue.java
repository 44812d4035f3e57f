package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of a type, whose result must not be ignored: it describes an
 * operation that does nothing until it is executed or opened.
 *
 * <p>Error Prone and OpenRewrite recognize any annotation with this simple name, in any package, so
 * no dependency is needed. In an IDE you may have to add it to the settings of the inspection.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CheckReturnValue {}
