package dev.muster.samples.java.guide;

import dev.muster.agent.AgentResponse;
import dev.muster.agent.HistoryWindow;
import dev.muster.chat.ContentPart;
import dev.muster.chat.Message;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import dev.muster.java.Conversation;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.PromptExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What docs/conversations.md shows. */
final class Conversations {
  private Conversations() {}

  static void twoTurns(Agent agent) {
    Conversation conversation = agent.conversation();
    conversation.ask("My name is Ada.").execute();
    System.out.println(conversation.ask("What is my name?").execute());
  }

  static void kindsOfTurns(Conversation conversation, Path photo) throws IOException {
    ContentPart picture = ContentPart.Image.of(Files.readAllBytes(photo), "image/png");
    Message shown = Message.user(new ContentPart.Text("What could I cook of this?"), picture);
    System.out.println(conversation.ask(shown).execute());
    conversation.stream("How is it made?").text().forEach(System.out::print).execute();
  }

  static Call<List<String>> branches(Conversation conversation) {
    return Calls.gather(
        List.of("in French", "in Japanese"),
        language -> conversation.fork().ask("Say that " + language + "."));
  }

  static List<Conversation> windows(Agent agent) {
    Conversation brief = agent.conversation(List.of(), HistoryWindow.messages(20));
    Conversation cheap = agent.conversation(List.of(), HistoryWindow.tokens(4_000));
    return List.of(brief, cheap);
  }

  static void laterOn(Agent agent, Path file) throws IOException {
    Conversation conversation = agent.conversation();
    conversation.ask("My name is Ada.").execute();
    Files.writeString(file, conversation.save());
    Conversation resumed = agent.loadConversation(Files.readString(file));
    System.out.println(resumed.ask("What is my name?").execute());
  }

  static void executors(Model model, Agent agent) {
    List<PromptExecutor> executors = List.of(
        PromptExecutor.simple(model, "Be concise."),
        PromptExecutor.agent(agent),
        PromptExecutor.of(prompt -> prompt.toUpperCase(Locale.ROOT)));
    List<String> answers =
        Calls.gather(executors, it -> it.execute("What is 2 + 2?")).execute();
    System.out.println(answers);
  }

  static PromptExecutor another() {
    return PromptExecutor.async(
        prompt -> CompletableFuture.supplyAsync(() -> "You said " + prompt));
  }

  static void teamOfAgents(Muster muster, Agent historian) {
    Agent editor = muster
        .agent("ollama::gemma3:latest")
        .systemPrompt("You write short articles. Ask the historian for facts.")
        .tool(historian.asTool("historian", "Answers questions about history"))
        .build();
    AgentResponse article = editor.chat("Write about Ada Lovelace.").execute();
    System.out.println(article.usage());
  }
}
