package dev.muster.java.errors;

/** The arguments of a tool. */
public record Place(String name) {}
