package web;

/** A piece of an answer. As JSON it keeps the blank at its beginning, which an event of plain text loses. */
public record Token(String text) {}
