package dev.muster.java;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, or all methods of a type, whose result is lost where it is ignored: it describes
 * what is to be done, and nothing is done until it is executed or opened.
 *
 * <p>Error Prone and OpenRewrite obey every annotation of this simple name, whatever its package, so
 * that no dependency need come with it; an IDE may want it added to the list of its inspection.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CheckReturnValue {}
