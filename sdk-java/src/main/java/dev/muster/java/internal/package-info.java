/** The implementation of {@link dev.muster.java}. Not public API: it may change in any release. */
@NullMarked
package dev.muster.java.internal;

import org.jspecify.annotations.NullMarked;
