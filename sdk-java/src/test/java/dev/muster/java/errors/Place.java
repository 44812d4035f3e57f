package dev.muster.java.errors;

/** What a tool takes. */
public record Place(String name) {}
