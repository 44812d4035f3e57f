package dev.muster.samples.java;

import dev.muster.java.Model;
import dev.muster.java.Muster;

/** The shortest program with a call that blocks. The key comes from the variable OPENAI_API_KEY. */
public final class HelloBlocking {
  public static void main(String... args) {
    try (Muster muster = Muster.create()) {
      System.out.println(hello(muster.model("openai::gpt-4o-mini")));
    }
  }

  static String hello(Model model) {
    return model.ask("Say hello in one sentence.").execute();
  }
}
