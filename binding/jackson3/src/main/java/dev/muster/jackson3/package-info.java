/**
 * Java classes as structured responses and tools, with Jackson 3. Users do not call this package:
 * {@link dev.muster.java.OutputTypes} and {@link dev.muster.java.Tools} find it on the class path.
 */
@NullMarked
package dev.muster.jackson3;

import org.jspecify.annotations.NullMarked;
