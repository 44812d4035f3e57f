package dev.muster.java.parity;

import dev.muster.chat.ChatRequest;
import dev.muster.chat.Message;
import dev.muster.java.Agent;
import dev.muster.java.Call;
import dev.muster.java.Conversation;
import dev.muster.java.Model;
import dev.muster.java.StreamCall;
import dev.muster.java.TypedAgent;
import dev.muster.java.TypedConversation;
import dev.muster.java.TypedModel;

/** Describes each {@link Put} as a Java program does: with the overload for its form. */
final class JavaPuts {
  private final Model model;
  private final Agent agent;
  private final Conversation conversation;

  JavaPuts(Model model, Agent agent, Conversation conversation) {
    this.model = model;
    this.agent = agent;
    this.conversation = conversation;
  }

  // Not fields: few rows need a schema.

  private TypedModel<RecordTown> towns() {
    return model.returning(RecordTown.class);
  }

  private TypedAgent<RecordTown> townsOfAgent() {
    return agent.returning(RecordTown.class);
  }

  private TypedConversation<RecordTown> townsOfConversation() {
    return conversation.returning(RecordTown.class);
  }

  Call<?> call(Put op) {
    return switch (op.form()) {
      case TEXT -> op.typed() ? typedText(op) : text(op);
      case REQUEST -> request(op, SuspendPuts.request(op.prompt()));
      case MESSAGE, ANSWER -> {
        Message message = SuspendPuts.message(op.form(), op.prompt());
        yield op.typed() ? typedMessage(op, message) : message(op, message);
      }
    };
  }

  private Call<?> text(Put op) {
    String prompt = op.prompt();
    return switch (op.whom()) {
      case MODEL -> op.whole() ? model.chat(prompt) : model.ask(prompt);
      case AGENT -> op.whole() ? agent.chat(prompt) : agent.ask(prompt);
      case CONVERSATION -> op.whole() ? conversation.chat(prompt) : conversation.ask(prompt);
    };
  }

  private Call<?> typedText(Put op) {
    String prompt = op.prompt();
    return switch (op.whom()) {
      case MODEL -> op.whole() ? towns().chat(prompt) : towns().ask(prompt);
      case AGENT -> op.whole() ? townsOfAgent().chat(prompt) : townsOfAgent().ask(prompt);
      case CONVERSATION ->
        op.whole() ? townsOfConversation().chat(prompt) : townsOfConversation().ask(prompt);
    };
  }

  private Call<?> request(Put op, ChatRequest request) {
    if (op.typed()) return op.whole() ? towns().chat(request) : towns().ask(request);
    return op.whole() ? model.chat(request) : model.ask(request);
  }

  private Call<?> message(Put op, Message message) {
    return switch (op.whom()) {
      case MODEL -> op.whole() ? model.chat(message) : model.ask(message);
      case AGENT -> op.whole() ? agent.chat(message) : agent.ask(message);
      case CONVERSATION -> op.whole() ? conversation.chat(message) : conversation.ask(message);
    };
  }

  private Call<?> typedMessage(Put op, Message message) {
    return switch (op.whom()) {
      case MODEL -> op.whole() ? towns().chat(message) : towns().ask(message);
      case AGENT -> op.whole() ? townsOfAgent().chat(message) : townsOfAgent().ask(message);
      case CONVERSATION ->
        op.whole() ? townsOfConversation().chat(message) : townsOfConversation().ask(message);
    };
  }

  StreamCall<?> stream(PutStream op) {
    return switch (op.form()) {
      case TEXT -> op.typed() ? typedText(op) : text(op);
      case REQUEST -> request(op, SuspendPuts.request(op.prompt()));
      case MESSAGE, ANSWER -> {
        Message message = SuspendPuts.message(op.form(), op.prompt());
        yield op.typed() ? typedMessage(op, message) : message(op, message);
      }
    };
  }

  private StreamCall<?> text(PutStream op) {
    return switch (op.whom()) {
      case MODEL -> model.stream(op.prompt()).text();
      case AGENT -> agent.stream(op.prompt()).text();
      case CONVERSATION -> conversation.stream(op.prompt()).text();
    };
  }

  private StreamCall<?> typedText(PutStream op) {
    return switch (op.whom()) {
      case MODEL -> towns().stream(op.prompt());
      case AGENT -> townsOfAgent().stream(op.prompt());
      case CONVERSATION -> townsOfConversation().stream(op.prompt());
    };
  }

  private StreamCall<?> request(PutStream op, ChatRequest request) {
    return op.typed() ? towns().stream(request) : model.stream(request).text();
  }

  private StreamCall<?> message(PutStream op, Message message) {
    return switch (op.whom()) {
      case MODEL -> model.stream(message).text();
      case AGENT -> agent.stream(message).text();
      case CONVERSATION -> conversation.stream(message).text();
    };
  }

  private StreamCall<?> typedMessage(PutStream op, Message message) {
    return switch (op.whom()) {
      case MODEL -> towns().stream(message);
      case AGENT -> townsOfAgent().stream(message);
      case CONVERSATION -> townsOfConversation().stream(message);
    };
  }
}
