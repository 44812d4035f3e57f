package dev.muster.samples.java.guide;

import dev.muster.java.Agent;
import dev.muster.java.Calls;
import java.util.ArrayList;
import java.util.List;

/** What docs/troubleshooting.md shows. */
final class Troubleshooting {
  private Troubleshooting() {}

  static boolean oneAfterAnother(Agent agent, List<String> questions) {
    List<String> answers = new ArrayList<>();
    for (String question : questions) answers.add(agent.ask(question).execute()); // one at a time
    List<String> gathered = Calls.gather(questions, agent::ask).execute(); // at once
    return answers.equals(gathered);
  }
}
