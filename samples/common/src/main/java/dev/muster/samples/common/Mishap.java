package dev.muster.samples.common;

import dev.muster.error.LlmException;
import dev.muster.fake.FakeReply;
import java.util.Locale;

/** A failure that the demo server produces on request. */
public enum Mishap {
  BAD_REQUEST("status 400", FakeReply.status(400)),
  TOO_LONG(
      "400, context too long",
      FakeReply.status(400, "context_length_exceeded", "At most 2048 tokens.")),
  FILTERED("400, content filter", FakeReply.status(400, "content_filter", "Filtered.")),
  BAD_KEY("status 401", FakeReply.status(401)),
  NO_CREDIT("429, no quota left", FakeReply.status(429, "insufficient_quota", "No quota left.")),
  NO_MODEL("status 404", FakeReply.status(404)),
  TOO_MANY("status 429", FakeReply.status(429)),
  BROKEN("status 500", FakeReply.status(500)),
  OVERLOADED("status 529", FakeReply.status(529)),
  RESET("connection reset", FakeReply.reset()),
  NO_JSON("200, but no JSON", FakeReply.raw("<html>"));

  private final String script;
  private final FakeReply reply;

  Mishap(String script, FakeReply reply) {
    this.script = script;
    this.reply = reply;
  }

  /** Describes the failure. */
  public String script() {
    return script;
  }

  /** Returns the prompt that causes it. */
  public String prompt() {
    return "Fail with: " + script;
  }

  FakeReply reply() {
    return reply;
  }

  /** Returns the head of the table of failures and their exceptions. */
  public static String head() {
    return line("What happens", "Exception", "Retryable");
  }

  /** Returns a row of that table. */
  public static String row(String script, Throwable failure) {
    boolean isRetryable = failure instanceof LlmException llm && llm.isRetryable();
    return line(script, failure.getClass().getSimpleName(), isRetryable ? "yes" : "no");
  }

  private static String line(String script, String exception, String retryable) {
    return String.format(Locale.ROOT, "%-23s %-31s %s", script, exception, retryable);
  }
}
