/** The samples in Java. */
package dev.muster.samples.java;
