package dev.muster.java;

import dev.muster.agent.AgentEvent;
import dev.muster.agent.AgentEvents;
import dev.muster.chat.ChatEvent;
import dev.muster.chat.ChatEvents;
import java.util.concurrent.Executor;
import java.util.function.Function;
import kotlinx.coroutines.flow.Flow;

/**
 * A {@link StreamCall} that gives the events of one response: {@link ChatEvent}s of a model, or
 * {@link AgentEvent}s of an agent or a conversation. {@link #text} gives only the text.
 *
 * <pre>{@code
 * conversation.stream("How is it made?").text().forEach(System.out::print).execute();
 * }</pre>
 *
 * @param <E> the type of the events
 */
@CheckReturnValue
public final class EventStreamCall<E> extends StreamCall<E> {
  private final Function<Flow<E>, Flow<String>> text;

  private EventStreamCall(StreamCall<E> events, Function<Flow<E>, Flow<String>> text) {
    super(events);
    this.text = text;
  }

  static EventStreamCall<ChatEvent> ofModel(StreamCall<ChatEvent> events) {
    return new EventStreamCall<>(events, ChatEvents::text);
  }

  static EventStreamCall<AgentEvent> ofAgent(StreamCall<AgentEvent> events) {
    return new EventStreamCall<>(events, AgentEvents::text);
  }

  /** Returns a stream call that gives the text of the response piece by piece. */
  public StreamCall<String> text() {
    return through(text);
  }

  @Override
  public EventStreamCall<E> limit(int count) {
    return new EventStreamCall<>(super.limit(count), text);
  }

  @Override
  public EventStreamCall<E> callbacksOn(Executor executor) {
    return new EventStreamCall<>(super.callbacksOn(executor), text);
  }
}
