package dev.muster.samples.common;

import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeServer;
import java.time.Duration;
import java.util.List;

/** What the demo server answers, and how long each answer takes. */
final class DemoScript {
  static final String OPENAI = "/openai/v1";
  static final String GROQ = "/groq/v1";

  /** The prompt of the race. */
  static final String RACE = "Name a prime number.";

  /** A prompt of this length exceeds the context of the demo server's model. */
  private static final int TOO_LONG = 10_000;

  /**
   * An answer to prompts that begin with {@code prompt}.
   *
   * @param latencies its duration, as a multiple of the usual latency
   */
  private record Line(String prompt, double latencies, String answer) {}

  private static final List<Line> LINES = List.of(
      // hello
      new Line("Say hello", 0.3, "Hello! Nice to meet you."),
      // async-llm
      new Line("What is AI?", 1, "Software that does what used to take a mind."),
      new Line("Explain machine learning", 1, "Programs that learn rules from examples."),
      new Line("What is deep learning?", 1, "Machine learning with many layers of neurons."),
      new Line("What are neural networks?", 1, "Layers of simple units that learn weights."),
      new Line(
          "Tell me a joke", 1, "Why do programmers prefer dark mode? Because light attracts bugs."),
      new Line(
          "Explain this joke: Why do programmers prefer dark mode?",
          1,
          "Real bugs fly to the light; a programmer's bugs are errors in the code."),
      // concurrent-queries
      new Line("What is 2 + 2?", 1, "4"),
      new Line("What is the capital of France?", 1, "Paris"),
      new Line("Who wrote Hamlet?", 1, "William Shakespeare"),
      new Line("How fast is light?", 1, "299,792 kilometres per second"),
      new Line("Which planet is the largest?", 1, "Jupiter"),
      new Line("Write a paragraph", 0.8, "Rain fell on the harbour all morning, and nobody left."),
      new Line("Write a sentence", 0.5, "The ferry was late again."),
      new Line("Write a word", 0.2, "Harbour"),
      // Uneven, so that a window is faster than groups.
      new Line("Name an animal with the letter A", 0.5, "Aardvark"),
      new Line("Name an animal with the letter B", 0.1, "Badger"),
      new Line("Name an animal with the letter C", 0.2, "Cormorant"),
      new Line("Name an animal with the letter D", 0.1, "Dormouse"),
      new Line("Name an animal with the letter E", 0.5, "Eel"),
      new Line("Name an animal with the letter F", 0.2, "Fox"),
      new Line("Name an animal with the letter G", 0.1, "Gull"),
      new Line("Name an animal with the letter H", 0.2, "Heron"),
      new Line("Name colour ", 0.3, "Green"),
      new Line("What is the capital of Japan?", 0.3, "Tokyo"),
      new Line("What is the capital of Peru?", 0.3, "Lima"),
      new Line("Write a novel", 3, "It was a dark and stormy night."),
      new Line("Name the square of 1", 0.1, "1"),
      new Line("Name the square of 2", 0.2, "4"),
      new Line("Name the square of 3", 0.3, "9"),
      new Line("Name the square of 4", 0.4, "16"),
      new Line("Name the square of 5", 0.5, "25"),
      // async-patterns
      new Line("Name a river", 0.2, "The Vistula"),
      new Line("Write a chapter", 2, "Nobody on the island had expected the ferry to be on time."),
      // async-callbacks
      new Line("Name a planet", 0.4, "Neptune"),
      new Line("Name a mountain", 0.2, "Ben Nevis"),
      new Line("Count to five", 0.2, "one two three four five"));

  /** The answers of {@code swing-answers}: long enough to watch. */
  private static final List<Line> DESCRIPTIONS = List.of(
      new Line(
          "Describe the sea",
          0.3,
          "The sea is never the same blue twice. In the morning it is grey and flat"
              + " and smells of iron; by noon it has borrowed the sky, and at dusk it gives everything back"
              + " in copper and violet."),
      new Line(
          "Describe a bridge",
          0.1,
          "A bridge is a promise between two banks. It stands with its feet in the"
              + " current and its back under the traffic, and hums a little when the lorries pass."),
      new Line(
          "Describe the moon",
          0.5,
          "The moon is a stone that learned to shine by standing in the right place."
              + " It pulls at the tides, keeps one face to us, and has never told what is on the other."),
      new Line(
          "Describe coffee",
          0.2,
          "Coffee is bitter, black and hot, and half of it is the smell. The first cup"
              + " opens the shutters, the second the mail, and the third is for somebody else's meeting."),
      new Line(
          "Describe a lighthouse",
          0.4,
          "A lighthouse says one word, again and again, to people it will never"
              + " meet: here. Its keeper has gone, but the lamp still counts to seven in the fog."),
      new Line(
          "Describe snow",
          0.2,
          "Snow makes no sound when it falls and takes every other sound with it. For one"
              + " night the street has no edges; in the morning the first footprints spell where the baker went."),
      new Line(
          "Describe a clock",
          0.3,
          "A clock is a wheel that is not allowed to hurry. Spring pushes, anchor"
              + " holds, and between the two an hour is cut into slices thin enough to live in."),
      new Line(
          "Describe the desert",
          0.6,
          "The desert keeps its water to itself. By day it shivers in its own heat;"
              + " by night the stars come down so low that the dunes throw shadows."),
      new Line(
          "Describe a violin",
          0.1,
          "A violin is a box of air with a waist. Spruce, maple, glue and horsehair"
              + " argue until they agree, and then it sounds like one voice that has slept badly."),
      new Line(
          "Describe rust",
          0.4,
          "Rust is iron going home. It begins where the paint is proud of itself, needs"
              + " only rain and patience, and ends as the red earth that somebody dug it from."));

  private DemoScript() {}

  static void install(FakeServer server, Duration latency) {
    server.latency(latency);
    server.otherwise(request -> FakeReply.text("A canned answer to \"" + start(request) + "\""));
    for (Line line : LINES) {
      FakeReply reply = FakeReply.text(line.answer()).delay(times(latency, line.latencies()));
      server.on(request -> request.prompt().startsWith(line.prompt())).reply(reply);
    }
    for (Line line : DESCRIPTIONS) {
      FakeReply reply = FakeReply.text(line.answer())
          .delay(times(latency, line.latencies()))
          .tokenDelay(times(latency, 0.12));
      server.on(request -> request.prompt().startsWith(line.prompt())).reply(reply);
    }
    server
        .on(request -> request.prompt().length() >= TOO_LONG)
        .reply(FakeReply.status(
                400,
                "context_length_exceeded",
                "This model's maximum context length is 2048 tokens.")
            .delay(times(latency, 0.1)));
    CompleteScript.install(server, latency);
    racer(server, OPENAI, FakeReply.text("2").delay(times(latency, 0.8)));
    racer(server, GROQ, FakeReply.text("7").delay(times(latency, 0.4)));
    racer(server, "/api", FakeReply.text("13").delay(times(latency, 1.2)));
  }

  /** Answers the same question differently for each provider, by its route. */
  private static void racer(FakeServer server, String route, FakeReply reply) {
    server.onPath(route).and(request -> request.prompt().equals(RACE)).reply(reply);
  }

  private static String start(FakeRequest request) {
    String prompt = request.prompt();
    return prompt.length() <= 60 ? prompt : prompt.substring(0, 60) + "...";
  }

  private static Duration times(Duration latency, double factor) {
    return Duration.ofNanos(Math.round(latency.toNanos() * factor));
  }
}
