package dev.muster.samples.java.guide;

import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceResult;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import java.util.List;

/** How what the operators give is opened, in docs/java.md. */
final class Outcomes {
  private Outcomes() {}

  static void winner(Model gpt, Model claude) {
    RaceResult<String> winner = Calls.race(
            gpt.ask("Name a prime.").label("gpt"), claude.ask("Name a prime.").label("claude"))
        .execute();
    System.out.println(winner.value() + " by " + winner.label() + " after " + winner.elapsed());
  }

  static void outcomes(Model model, List<String> prompts) {
    for (Outcome<String> outcome : Calls.gatherSettled(prompts, model::ask).execute()) {
      if (outcome instanceof Outcome.Success<String> success) System.out.println(success.value());
      if (outcome instanceof Outcome.Failure<String> failure)
        System.err.println(failure.exception());
    }
  }

  static void completed(Model model, List<String> prompts) {
    Calls.asCompleted(prompts, model::ask)
        .forEach(done -> {
          String how =
              done.isSuccess() ? done.getOrThrow() : "" + done.outcome().exceptionOrNull();
          System.out.println(done.item() + ": " + how + " (" + done.pending() + " to come)");
        })
        .execute();
  }
}
