package dev.muster.samples.java;

import dev.muster.error.LlmException;
import dev.muster.java.Conversation;
import dev.muster.java.Muster;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Text;

/** Turns that remember, an independent fork, a failed turn that leaves no trace, and a reset. */
final class CompleteConversation {
  private static final String QUESTION = "What is my favourite number?";

  private final ConcurrencyMeter meter;

  private CompleteConversation(ConcurrencyMeter meter) {
    this.meter = meter;
  }

  static void show(Muster muster, String model, ConcurrencyMeter meter) {
    System.out.println(Text.title("Conversation: turns, fork, failure, reset"));
    new CompleteConversation(meter).show(muster.agent(model).build().conversation());
  }

  private void show(Conversation conversation) {
    turn("Here", conversation, "My favourite number is 42.");
    turn("Here", conversation, QUESTION);

    Conversation fork = conversation.fork();
    turn("Fork", fork, "My favourite number is 7.");
    turn("Fork", fork, QUESTION);
    turn("Here", conversation, QUESTION);

    String ending = conversation
        .ask("Divide it by zero.")
        .measuredBy(meter)
        .map(answer -> "no failure: " + Text.oneLine(answer))
        .recover(LlmException.class, failure -> failure.getClass().getSimpleName())
        .execute();
    System.out.println("Here: a turn ends with " + ending + " " + size(conversation));

    conversation.reset();
    turn("Here, after a reset", conversation, QUESTION);
  }

  private void turn(String where, Conversation conversation, String prompt) {
    String answer = conversation.ask(prompt).measuredBy(meter).execute();
    System.out.println(where + ": " + prompt);
    System.out.println("  " + Text.oneLine(answer) + " " + size(conversation));
  }

  private static String size(Conversation conversation) {
    return "(" + conversation.history().size() + " messages)";
  }
}
