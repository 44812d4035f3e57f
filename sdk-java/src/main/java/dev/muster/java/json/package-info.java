/**
 * The service that turns Java classes into JSON and back, for structured responses and tools. Users
 * do not call it: they add an artifact that implements it, such as {@code muster-jackson}.
 */
@NullMarked
package dev.muster.java.json;

import org.jspecify.annotations.NullMarked;
