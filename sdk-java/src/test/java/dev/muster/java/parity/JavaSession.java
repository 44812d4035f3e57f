package dev.muster.java.parity;

import dev.muster.agent.AgentTool;
import dev.muster.agent.OutputType;
import dev.muster.agent.ToolExecution;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.ChatResponse;
import dev.muster.chat.GenerationSettings;
import dev.muster.chat.Message;
import dev.muster.concurrent.Hedge;
import dev.muster.contract.HandClock;
import dev.muster.java.Agent;
import dev.muster.java.Batch;
import dev.muster.java.Call;
import dev.muster.java.CallPipeline;
import dev.muster.java.Calls;
import dev.muster.java.Conversation;
import dev.muster.java.Embedder;
import dev.muster.java.Model;
import dev.muster.java.Muster;
import dev.muster.java.OutputTypes;
import dev.muster.java.PromptExecutor;
import dev.muster.java.StreamCall;
import dev.muster.java.Tools;
import dev.muster.java.TypeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Describes rows as a Java program does, with calls and streams of the facade. The styles differ in
 * how they run these.
 */
abstract class JavaSession implements Session {
  private static final OutputType<List<RecordTown>> TOWNS =
      OutputTypes.of(new TypeRef<List<RecordTown>>() {});

  final Audience audience;
  private final @Nullable HandClock clock;
  final Model model;
  private final Muster muster;
  private final Embedder embedder;
  private final Model stubborn;
  private final Agent expert;
  private final Conversation conversation;
  private final JavaPuts puts;
  private final Map<Shared, Call<Object>> shared = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  JavaSession(Setup setup, Audience audience) {
    this.audience = audience;
    this.clock = setup.clock();
    Muster.Builder builder = Muster.builder()
        .environment(Map.of())
        .provider("openai", p -> p.baseUrl(setup.openAiUrl()).apiKey(setup.apiKey()))
        .provider("ollama", p -> p.baseUrl(setup.ollamaUrl()))
        .provider("stubborn", p -> p.baseUrl(setup.stubbornUrl()))
        .timeouts(setup.timeouts())
        .retry(setup.retry());
    if (setup.interception() != null) JavaInterceptors.add(setup.interception(), builder);
    this.muster = builder.build();
    this.model = muster.model(setup.model());
    this.embedder = muster.embeddingModel(setup.model());
    this.expert = muster.agent(setup.model()).build();
    this.conversation = expert.conversation();
    this.puts = new JavaPuts(model, expert, conversation);
    this.stubborn = muster.model("stubborn::model");
  }

  /** Runs on a thread that has the clock of the row. */
  abstract Running begin(Op op);

  @Override
  public final Running start(Op op) {
    AtomicReference<Running> running = new AtomicReference<>();
    timed(() -> running.set(begin(op))).run();
    return running.get();
  }

  /** Wraps {@code task} for a thread that has the clock of the row. */
  final Runnable timed(Runnable task) {
    return clock == null ? task : clock.around(task);
  }

  @Override
  public void close() {
    muster.close();
    closed.countDown();
  }

  final Call<Object> call(Op op) {
    if (op instanceof Ask ask) return any(model.ask(ask.prompt()));
    if (op instanceof AskTown town)
      return any(model.returning(RecordTown.class).ask(town.prompt()));
    if (op instanceof Put put) return any(puts.call(put));
    if (op instanceof Embed embed) return any(embedder.embedAll(embed.texts()));
    if (op instanceof ListModels) return any(muster.models(model.id().provider()));
    if (op instanceof Value value) return Call.value(value.value());
    if (op instanceof Broken it) return Call.failure(new IllegalStateException(it.message()));
    if (op instanceof Unmade unmade) throw new IllegalArgumentException(unmade.message());
    if (op instanceof Timer timer) {
      return Call.delay(Duration.ofMillis(timer.millis())).map(passed -> timer.value());
    }
    if (op instanceof Tool tool) return Call.of(() -> use(tool));
    if (op instanceof AskAgent ask) return any(agent(ask).chat(ask.prompt()));
    if (op instanceof AskAgentTown ask) {
      return any(plain(ask.prompt(), ask.tools()).returning(RecordTown.class).chat(ask.prompt()));
    }
    if (op instanceof AskAgentTowns ask) {
      return any(plain(ask.prompt(), ask.tools()).returning(TOWNS).chat(ask.prompt()));
    }
    if (op instanceof AskWith ask) return any(with(ask.ofAgent(), ask.ofCall()).ask(ask.prompt()));
    if (op instanceof RequestWith with) return any(request(with));
    if (op instanceof Execute it) return any(executor(it.kind()).execute(it.prompt()));
    if (op instanceof Turn turn) return any(conversation.ask(turn.prompt()));
    if (op instanceof Remembered) {
      return Call.of(() -> conversation.history().stream().map(Message::text).toList());
    }
    if (op instanceof InOrder order) return inOrder(order);
    if (op instanceof Stubborn) return any(stubborn.ask("Are you there?"));
    if (op instanceof Then then) return call(then.first()).then(value -> next(then, value));
    if (op instanceof Mapped mapped) return call(mapped.call()).map(value -> into(mapped, value));
    if (op instanceof Recover it) return call(it.call()).recover(it.type(), e -> it.value());
    if (op instanceof RecoverWith it) {
      return call(it.call()).recoverWith(it.type(), e -> call(it.next()));
    }
    if (op instanceof Fallback fallback) return fallback(fallback);
    if (op instanceof Hedged hedged) return call(hedged.call()).hedge(hedge(hedged));
    if (op instanceof Again again) return call(again.call()).retry(again.policy());
    if (op instanceof Shared it)
      return shared.computeIfAbsent(it, x -> call(it.call()).once());
    if (op instanceof Future future) {
      Call<Object> call = call(future.call());
      return Call.fromFuture(call::executeAsync);
    }
    if (op instanceof Deadline deadline) {
      return call(deadline.call()).timeout(Duration.ofMillis(deadline.millis()));
    }
    if (op instanceof Labelled labelled) return call(labelled.call()).label(labelled.label());
    if (op instanceof Many many) {
      return many(many.operator(), many.calls().stream().map(this::call).toList());
    }
    if (op instanceof ManyItems many) return manyItems(many);
    if (op instanceof InBatch batch) return batch(batch);
    if (op instanceof Stream stream) return any(stream(stream).map(this::told).toList());
    throw new AssertionError("No Java for " + op);
  }

  final StreamCall<?> stream(Stream op) {
    if (op instanceof First first) return stream(first.stream()).limit(first.count());
    if (op instanceof Tokens tokens) return model.stream(tokens.prompt()).text();
    if (op instanceof PutStream put) return puts.stream(put);
    if (op instanceof TurnTokens turn) return conversation.stream(turn.prompt()).text();
    if (op instanceof TokensWith tokens) {
      return with(tokens.ofAgent(), tokens.ofCall()).stream(tokens.prompt()).text();
    }
    if (op instanceof AgentSteps steps) {
      Agent agent = plain(steps.prompt(), steps.tools());
      return steps.typed()
          ? agent.returning(RecordTown.class).stream(steps.prompt())
          : agent.stream(steps.prompt());
    }
    if (op instanceof AsCompleted completed) {
      return Calls.asCompleted(completed.items(), item -> {
        Call<Object> call = call(each(completed.each(), item));
        String label = completed.labels().get(item);
        return label == null ? call : call.label(label);
      });
    }
    if (op instanceof Windowed windowed) return windowed(windowed);
    if (op instanceof Piped piped) return piped(piped).results();
    throw new AssertionError("No Java for " + op);
  }

  private Call<Object> inOrder(InOrder op) {
    Call<List<Object>> values = Call.value(List.of());
    for (Op each : op.calls()) {
      values = values.then(before -> call(each).map(value -> {
        List<Object> more = new ArrayList<>(before);
        more.add(value);
        return more;
      }));
    }
    return any(values);
  }

  private Agent plain(String prompt, Map<String, Op> tools) {
    return agent(
        new AskAgent(prompt, tools, new AgentSettings(ToolExecution.CONCURRENT, 10, null)));
  }

  private Agent agent(AskAgent op) {
    Agent.Builder builder = muster
        .agent(model.id().toString())
        .toolExecution(op.how().execution())
        .maxToolRounds(op.how().maxRounds());
    Long timeout = op.how().toolTimeoutMillis();
    if (timeout != null) builder.toolTimeout(Duration.ofMillis(timeout));
    op.tools().forEach((name, run) -> builder.tool(tool(name, run)));
    return builder.build();
  }

  private Agent with(GenerationSettings ofAgent, GenerationSettings ofCall) {
    return muster.agent(model.id().toString()).settings(ofAgent).build().with(ofCall);
  }

  private Call<String> request(RequestWith op) {
    ChatRequest request =
        ChatRequest.builder().user(op.prompt()).settings(op.ofRequest()).build();
    return model.with(op.ofModel()).chat(request).map(ChatResponse::text);
  }

  private AgentTool tool(String name, Op run) {
    return run instanceof Expert
        ? expert.asTool(name, "Knows")
        : Tools.call(name, "Does " + name, Arguments.class, it -> call(run));
  }

  private PromptExecutor executor(Kind kind) {
    return switch (kind) {
      case MODEL -> PromptExecutor.simple(model, "Be brief.");
      case AGENT -> PromptExecutor.agent(plain("", Map.of("a", new Value("A"))));
      case NOBODY -> PromptExecutor.of(prompt -> prompt.toUpperCase(Locale.ROOT));
    };
  }

  /** The arguments of a row's tools. */
  record Arguments(Optional<Integer> n) {}

  final Call<Object> next(Then then, Object value) {
    return any(model.ask(then.next().replace("{}", String.valueOf(value))));
  }

  static String into(Mapped mapped, Object value) {
    return mapped.into().replace("{}", String.valueOf(value));
  }

  Call<Object> many(Operator operator, List<Call<Object>> calls) {
    return switch (operator) {
      case GATHER -> any(Calls.gather(calls));
      case SETTLED -> any(Calls.gatherSettled(calls));
      case RACE -> any(Calls.race(calls));
      case SELECT -> any(Calls.select(calls));
    };
  }

  Call<Object> manyItems(ManyItems op) {
    return switch (op.operator()) {
      case GATHER -> any(Calls.gather(op.items(), item -> call(each(op.each(), item))));
      case SETTLED -> any(Calls.gatherSettled(op.items(), item -> call(each(op.each(), item))));
      case RACE -> any(Calls.race(op.items(), item -> call(each(op.each(), item))));
      case SELECT -> any(Calls.select(op.items(), item -> call(each(op.each(), item))));
    };
  }

  private Call<Object> batch(InBatch op) {
    Batch<String, Object> batch = Calls.<String, Object>batch(
            op.items(), item -> call(each(op.each(), item)))
        .concurrency(op.concurrency())
        .onProgress(progress -> audience.progress(progress.toString()));
    if (op.tells()) {
      batch = batch
          .onStart(item -> audience.progress(item.id() + " starts"))
          .onResult(result -> audience.progress(result.id() + " succeeds: " + result.isSuccess()));
    }
    if (op.failFast()) batch = batch.failFast();
    if (!op.ids().isEmpty()) batch = batch.id(op.ids()::get);
    if (op.metadata()) {
      batch = batch.metadata(item -> Map.of("length", String.valueOf(item.length())));
    }
    return any(batch);
  }

  private StreamCall<?> windowed(Windowed op) {
    Iterable<String> items = op.endless() ? endless(op.items()) : op.items();
    return switch (op.kind()) {
      case ORDERED ->
        op.buffer() == null
            ? Calls.mapConcurrent(items, op.limit(), item -> call(each(op.each(), item)))
            : Calls.mapConcurrent(
                items, op.limit(), op.buffer(), item -> call(each(op.each(), item)));
      case UNORDERED ->
        Calls.mapConcurrentUnordered(items, op.limit(), item -> call(each(op.each(), item)));
      case CHUNKED -> Calls.mapChunked(items, op.limit(), item -> call(each(op.each(), item)));
      case BATCHED ->
        Calls.batch(items, item -> call(each(op.each(), item)))
            .concurrency(op.limit())
            .results()
            .map(result -> result.outcome().getOrThrow());
    };
  }

  private CallPipeline<Object> piped(Piped op) {
    CallPipeline<Object> pipeline = Calls.<Object>pipeline(op.items());
    for (Asks stage : op.stages()) {
      Function<Object, Call<String>> ask =
          item -> model.ask(stage.question().replace("{}", String.valueOf(item)));
      pipeline = stage.buffer() == null
          ? pipeline.stage(stage.concurrency(), ask)
          : pipeline.stage(stage.concurrency(), stage.buffer(), ask);
    }
    return pipeline;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // A generic array.
  private Call<Object> fallback(Fallback op) {
    List<Call<Object>> calls = op.calls().stream().map(this::call).toList();
    return calls.get(0).fallback(calls.stream().skip(1).toArray(Call[]::new));
  }

  private static Hedge hedge(Hedged op) {
    return Hedge.builder()
        .delay(Duration.ofMillis(op.millis()))
        .maxExtra(op.extra())
        .build();
  }

  private static Iterable<String> endless(List<String> items) {
    return () -> new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public String next() {
        return items.get(next++ % items.size());
      }
    };
  }

  /**
   * Reports a value taken by the consumer of a stream, and stops the consumer if the row says so.
   */
  final void take(Object value) {
    try {
      audience.taken(value).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the consumer was to stop", e);
    } catch (ExecutionException e) {
      throw new AssertionError("The audience does not fail", e);
    }
  }

  private Object told(Object value) {
    take(value);
    return value;
  }

  private String use(Tool tool) throws InterruptedException {
    if (tool.value() != null) return tool.value();
    audience.saw(Event.TOOL_STARTED);
    try {
      closed.await();
    } catch (InterruptedException e) {
      audience.saw(Event.INTERRUPTED);
      throw e;
    }
    throw new IllegalStateException("Nobody has interrupted the tool");
  }

  static Op each(Map<String, Op> each, String item) {
    return each.getOrDefault(item, new Ask(item));
  }

  /** Safe: a call only produces values. */
  @SuppressWarnings("unchecked")
  static Call<Object> any(Call<?> call) {
    return (Call<Object>) call;
  }
}
