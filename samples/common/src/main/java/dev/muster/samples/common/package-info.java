/** The parts that the Java and the Kotlin samples share: flags, the demo server, formatting. */
package dev.muster.samples.common;
