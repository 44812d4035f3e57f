package dev.muster.samples.java;

import dev.muster.java.Call;
import dev.muster.java.Model;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Text;
import java.util.concurrent.CompletableFuture;

/** One question and three ways to wait for the answer. */
final class CompleteBasic {
  private CompleteBasic() {}

  static void show(Model model, ConcurrencyMeter meter) {
    System.out.println(Text.title("Basic: three ways to wait"));
    Call<String> ask = model.ask("Name a lake.").measuredBy(meter);

    CompletableFuture<String> future = ask.executeAsync();
    System.out.println("Future:   " + Text.oneLine(future.join()));

    System.out.println("Blocking: " + Text.oneLine(ask.execute()));

    // In Kotlin this is a suspending function: two calls in a row, and no thread waits between
    // them.
    Call<String> twice = ask.then(first -> ask.map(second -> first + ", " + second));
    System.out.println("Suspend:  " + Text.oneLine(twice.execute()));
  }
}
