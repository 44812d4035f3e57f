package dev.muster.samples.common;

/** The sample cannot go on for a reason the user can mend; the message says which. */
public final class SampleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SampleException(String message) {
    super(message);
  }

  SampleException(String message, Throwable cause) {
    super(message, cause);
  }
}
