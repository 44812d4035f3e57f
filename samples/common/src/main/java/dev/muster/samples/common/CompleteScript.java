package dev.muster.samples.common;

import dev.muster.fake.FakeMessage;
import dev.muster.fake.FakeReply;
import dev.muster.fake.FakeRequest;
import dev.muster.fake.FakeRule;
import dev.muster.fake.FakeServer;
import dev.muster.fake.FakeToolCall;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The script of the fake model in {@code complete}: it calls tools, answers in JSON, remembers and fails. */
final class CompleteScript {
  private static final Pattern NUMBER = Pattern.compile("favourite number is (\\d+)");
  private static final String WEATHER = "weather";

  private final FakeServer server;
  private final Duration delay;

  private CompleteScript(FakeServer server, Duration delay) {
    this.server = server;
    this.delay = delay;
  }

  static void install(FakeServer server, Duration latency) {
    CompleteScript script = new CompleteScript(server, latency);
    script.answers();
    script.tools();
    script.objects();
    script.memory();
    script.mishaps();
  }

  private void answers() {
    says("What is 2+2?", "4");
    says("Name a lake.", "Loch Ness");
    says("Tell me about tides.", "The moon pulls, the sea follows, twice a day.");
    on("Count for ever.").reply(FakeReply.endless("tick ").tokenDelay(delay.dividedBy(10)));
  }

  /** Calls the tool once for each city, then repeats its results. */
  private void tools() {
    FakeToolCall paris = weather("call_1", "Paris");
    FakeToolCall rome = weather("call_2", "Rome");
    on("How is the weather in Paris and in Rome?")
        .reply(FakeReply.toolCalls(paris, rome).delay(delay));
    on("Do I need an umbrella in London?")
        .reply(FakeReply.text("Let me look. ")
            .withToolCalls(weather("call_1", "London"))
            .delay(delay));
    server
        .on(request -> isToldByTool(request) && request.tools().contains(WEATHER))
        .reply(request -> FakeReply.text(told(request)).delay(delay));
  }

  private void objects() {
    on("Describe the city of Lisbon.")
        .reply(json("{\"name\":\"Lisbon\",\"country\":\"Portugal\",\"population\":545000}"));
    on("Plan a day in Porto.").reply(json("""
            {"city": {"name": "Porto", "country": "Portugal", "population": 232000},
             "season": "SPRING",
             "stops": [{"place": "Ribeira", "minutes": 90, "kind": "WALK"},
                       {"place": "Majestic", "minutes": 45, "kind": "MEAL"},
                       {"place": "Serralves", "minutes": 120, "kind": "MUSEUM"}]}"""));
    about("Rate Porto from 1 to 5.").replies(json("{\"stars\":\"many\"}"), json("{\"stars\":5}"));
  }

  /** Remembers only what the messages of the request say. */
  private void memory() {
    server
        .on(request -> request.prompt().startsWith("My favourite number is"))
        .reply(FakeReply.text("I will remember that.").delay(delay));
    on("What is my favourite number?")
        .reply(request -> FakeReply.text(remembered(request)).delay(delay));
    on("Divide it by zero.").reply(FakeReply.status(400).delay(delay));
  }

  private void mishaps() {
    for (Mishap mishap : Mishap.values()) on(mishap.prompt()).reply(mishap.reply());
    on("Fail in the middle.").reply(FakeReply.text("This will not end").cutAfter(2));
    on("Never answer.").reply(FakeReply.hang());
    about("Describe the city of nowhere.").reply(FakeReply.text("There is no such city."));
    server
        .onPrompt("Look out of the window for ever.")
        .reply(FakeReply.toolCalls(weather("call_1", "Paris")));
  }

  private void says(String prompt, String answer) {
    on(prompt).reply(FakeReply.text(answer).delay(delay));
  }

  private FakeReply json(String json) {
    return FakeReply.text(json).delay(delay);
  }

  /** Matches if the last message is {@code prompt} by the user. */
  private FakeRule on(String prompt) {
    return server.onPrompt(prompt).and(request -> !isToldByTool(request));
  }

  /** Matches if any message is {@code prompt}: it is not the last one when the SDK asks again. */
  private FakeRule about(String prompt) {
    return server.on(request ->
        request.messages().stream().anyMatch(message -> message.text().equals(prompt)));
  }

  private static boolean isToldByTool(FakeRequest request) {
    List<FakeMessage> messages = request.messages();
    return !messages.isEmpty() && messages.get(messages.size() - 1).role().equals("tool");
  }

  private static String told(FakeRequest request) {
    return request.messages().stream()
        .filter(message -> message.role().equals("tool"))
        .map(FakeMessage::text)
        .collect(Collectors.joining(" "));
  }

  private static String remembered(FakeRequest request) {
    String number = null;
    for (FakeMessage message : request.messages()) {
      Matcher said = NUMBER.matcher(message.text());
      if (message.role().equals("user") && said.find()) number = said.group(1);
    }
    return number == null ? "You have not told me." : "It is " + number + ".";
  }

  private static FakeToolCall weather(String id, String city) {
    return new FakeToolCall(id, WEATHER, "{\"city\":\"" + city + "\"}");
  }
}
