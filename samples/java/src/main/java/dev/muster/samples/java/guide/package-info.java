/** The pieces of code that the guides under {@code docs/} show. */
@org.jspecify.annotations.NullMarked
package dev.muster.samples.java.guide;
