package dev.muster.samples.java;

import dev.muster.java.Call;
import dev.muster.java.CallStream;
import dev.muster.java.Calls;
import dev.muster.java.Model;
import dev.muster.observe.ConcurrencyMeter;
import dev.muster.samples.common.Target;
import dev.muster.samples.common.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Streams of answers, three queries at a time: in order, to a slow reader, and stopped early. */
final class AsyncStreams {
  private final Target target;
  private final Model model;
  private final ConcurrencyMeter meter;

  AsyncStreams(Target target, Model model, ConcurrencyMeter meter) {
    this.target = target;
    this.model = model;
    this.meter = meter;
  }

  void run() {
    System.out.println(Text.title("Stream: at most 3 queries at a time"));
    inOrder();
    slowReader();
    earlyStop();
  }

  /** Runs five queries, three at a time: the next starts when one ends, and the answers keep their order. */
  private void inOrder() {
    ConcurrencyMeter own = new ConcurrencyMeter();
    List<String> rivers =
        IntStream.rangeClosed(1, 5).mapToObj(AsyncStreams::river).toList();
    List<String> answers = Calls.mapConcurrent(rivers, 3, river -> ask(river).measuredBy(own))
        .toList()
        .execute();
    System.out.printf(
        "In order:    %d answers in %s, at most %d in flight%n",
        answers.size(), Text.seconds(own.report().wall()), own.report().peak());
  }

  /** Backpressure: from an endless list, only as many queries start as the limit allows ahead of the reader. */
  private void slowReader() {
    ConcurrencyMeter own = new ConcurrencyMeter();
    AtomicInteger asked = new AtomicInteger();
    Iterable<String> rivers =
        () -> Stream.generate(() -> river(asked.incrementAndGet())).iterator();
    Duration pause = target.latency().dividedBy(5);
    int read = 0;
    try (CallStream<String> answers = Calls.mapConcurrentUnordered(
            rivers, 3, river -> ask(river).measuredBy(own))
        .open()) {
      for (Iterator<String> each = answers.iterator(); read < 3 && each.hasNext(); read++) {
        each.next();
        Call.delay(pause).execute();
      }
    }
    System.out.printf(
        "Slow reader: %d answers read from an endless list, %d queries taken, at most %d in flight%n",
        read, asked.get(), own.report().peak());
  }

  /** Answers arrive in completion order. Leaving the stream closes what is in flight: here the slow queries. */
  private void earlyStop() {
    List<String> queries =
        new ArrayList<>(List.of(chapter(1), "Name a planet.", "Name a mountain."));
    for (int number = 2; number <= 8; number++) queries.add(chapter(number));
    List<String> some =
        Calls.mapConcurrentUnordered(queries, 3, this::ask).limit(2).toList().execute();
    System.out.printf(
        "Early stop:  %d of %d answers read; %s%n",
        some.size(), queries.size(), target.leftEarly(queries));
  }

  private Call<String> ask(String query) {
    return model.ask(query).measuredBy(meter);
  }

  private static String river(int number) {
    return "Name a river, number " + number + ".";
  }

  private static String chapter(int number) {
    return "Write a chapter, number " + number + ".";
  }
}
