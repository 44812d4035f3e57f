/** What the Java and the Kotlin samples share: flags, the demo server, the look of the output. */
package dev.muster.samples.common;
