package dev.muster.java;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.fake.FakeReply;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every instance method of the {@link CompletableFuture} of the JDK that runs the test. Methods
 * that create a stage pass the link on; two cut it. A method that is new in a JDK fails the test
 * until it is added to one of these lists.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class CallFutureStagesTest {
  /** Ways to settle a future from outside. */
  private static final List<Named<Consumer<CompletableFuture<Object>>>> SETTLERS = List.of(
      Named.of("cancel(true)", future -> future.cancel(true)),
      Named.of("cancel(false)", future -> future.cancel(false)),
      Named.of("complete", future -> future.complete("own")),
      Named.of(
          "completeExceptionally", future -> future.completeExceptionally(new Exception("own"))),
      Named.of("completeAsync", future -> future.completeAsync(() -> "own")),
      Named.of(
          "completeAsync that fails",
          future -> future.completeAsync(() -> {
            throw new IllegalStateException("own");
          })),
      Named.of("completeAsync on", future -> future.completeAsync(() -> "own", Runnable::run)),
      Named.of("obtrudeValue", future -> future.obtrudeValue("own")),
      Named.of("obtrudeException", future -> future.obtrudeException(new Exception("own"))),
      Named.of("orTimeout", future -> future.orTimeout(1, MILLISECONDS)),
      Named.of("completeOnTimeout", f -> f.completeOnTimeout("own", 1, MILLISECONDS)));

  /** Create a stage of the future. Each has variants for other threads and for an executor. */
  private static final Set<String> STAGES = Set.of(
      "acceptEither", "acceptEitherAsync",
      "applyToEither", "applyToEitherAsync",
      "exceptionally", "exceptionallyAsync",
      "handle", "handleAsync",
      "runAfterBoth", "runAfterBothAsync",
      "runAfterEither", "runAfterEitherAsync",
      "thenAccept", "thenAcceptAsync",
      "thenAcceptBoth", "thenAcceptBothAsync",
      "thenApply", "thenApplyAsync",
      "thenCombine", "thenCombineAsync",
      "thenRun", "thenRunAsync",
      "whenComplete", "whenCompleteAsync");

  /** Create a stage and wait for the stage that a function returns. */
  private static final Set<String> COMPOSING_STAGES = Set.of(
      "exceptionallyCompose", "exceptionallyComposeAsync", "thenCompose", "thenComposeAsync");

  /** Create a stage that has no link to the call. */
  private static final Set<String> CUTTING = Set.of("copy", "minimalCompletionStage");

  /** Settle the future itself, now or later. */
  private static final Set<String> SETTLING = Set.of(
      "cancel",
      "complete",
      "completeAsync",
      "completeExceptionally",
      "completeOnTimeout",
      "obtrudeException",
      "obtrudeValue",
      "orTimeout");

  /** Query the future, wait for it, or return it or an empty future. */
  private static final Set<String> ASKING = Set.of(
      "defaultExecutor",
      "exceptionNow",
      "get",
      "getNow",
      "getNumberOfDependents",
      "isCancelled",
      "isCompletedExceptionally",
      "isDone",
      "join",
      "newIncompleteFuture",
      "resultNow",
      "state",
      "toCompletableFuture",
      "toString");

  private static Wire wire;

  @BeforeAll
  static void open() {
    wire = new Wire();
    wire.server.otherwise(FakeReply.hang());
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  @Test
  void everyInstanceMethodOfThisJdkIsOneOfThoseTested() {
    Set<String> names = methods().map(Method::getName).collect(toCollection(TreeSet::new));
    List.of(STAGES, COMPOSING_STAGES, CUTTING, SETTLING, ASKING).forEach(names::removeAll);
    assertEquals(Set.of(), names, "a method of a new JDK: does it hand the link on?");
    assertTrue(stageMethods().count() >= 42, () -> stageMethods().toList().toString());
    assertTrue(stageMethods().allMatch(m -> m.getReturnType() == CompletableFuture.class));
    Set<String> settled = SETTLERS.stream()
        .map(settler -> settler.getName().split("\\W", 2)[0])
        .collect(toCollection(TreeSet::new));
    assertEquals(SETTLING, settled);
  }

  static Stream<Arguments> settlers() {
    return SETTLERS.stream().map(Arguments::of);
  }

  static Stream<Arguments> stagesAndSettlers() {
    return stageMethods()
        .flatMap(method -> SETTLERS.stream()
            .map(settler -> Arguments.of(Named.of(signature(method), method), settler)));
  }

  static Stream<Named<Method>> stages() {
    return stageMethods().map(method -> Named.of(signature(method), method));
  }

  static Stream<Named<Method>> composingStages() {
    return stageMethods()
        .filter(method -> COMPOSING_STAGES.contains(method.getName()))
        .map(method -> Named.of(signature(method), method));
  }

  private static Stream<Method> stageMethods() {
    return methods()
        .filter(m -> STAGES.contains(m.getName()) || COMPOSING_STAGES.contains(m.getName()))
        .sorted(Comparator.comparing(CallFutureStagesTest::signature));
  }

  private static Stream<Method> methods() {
    return Arrays.stream(CompletableFuture.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !method.isBridge())
        .filter(method -> method.getDeclaringClass() != Object.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settlers")
  @DisplayName("B25 (a) settling the future cancels the call")
  void settlingTheFutureCancelsTheCall(Consumer<CompletableFuture<Object>> settle) {
    Blocked blocked = new Blocked();
    settle.accept(objects(blocked.started()));
    blocked.awaitCancelled();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("stagesAndSettlers")
  @DisplayName("B25 (a) settling a stage made by any instance method cancels the call")
  void settlingAnyStageCancelsTheCall(Method method, Consumer<CompletableFuture<Object>> settle)
      throws ReflectiveOperationException {
    Blocked blocked = new Blocked();
    CompletableFuture<Object> stage = stage(objects(blocked.started()), method);
    CompletableFuture<Object> further = stage.thenApply(x -> x).whenComplete((x, e) -> {});
    settle.accept(further);
    blocked.awaitCancelled();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stages")
  @DisplayName("B25 (a) cancelling a stage made by any instance method closes the exchange")
  void cancellingAnyStageClosesTheExchange(Method method) throws ReflectiveOperationException {
    int requests = wire.server.requestCount();
    int disconnects = wire.server.disconnects();
    CallFuture<String> future = wire.model().ask("Hi").executeAsync();
    wire.server.awaitRequests(requests + 1, Wire.SOON);
    assertTrue(stage(objects(future), method).cancel(false));
    wire.server.awaitDisconnects(disconnects + 1, Wire.SOON);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("composingStages")
  @DisplayName("B25 (b) cancelling a composed stage closes the exchange that its function began")
  void cancellingAComposedStageClosesTheInnerExchange(Method method)
      throws ReflectiveOperationException {
    int requests = wire.server.requestCount();
    int disconnects = wire.server.disconnects();
    boolean onValue = method.getName().startsWith("then");
    Call<String> first = onValue ? Call.value("x") : Call.failure(new Exception("no"));
    Function<Object, Object> next = x -> wire.model().ask("Hi").executeAsync();
    CompletableFuture<Object> composed = stage(objects(first.executeAsync()), method, next);
    wire.server.awaitRequests(requests + 1, Wire.SOON);
    assertTrue(composed.cancel(false));
    wire.server.awaitDisconnects(disconnects + 1, Wire.SOON);
  }

  @Test
  @DisplayName(
      "B25 (c) neither a copy nor a minimal stage, nor what is made of it, closes anything")
  void cuttingStagesLeaveTheExchangeOpen() throws Exception {
    try (Wire own = new Wire()) {
      own.server.otherwise(FakeReply.text("ok").hold());
      CallFuture<String> future = own.model().ask("Hi").executeAsync();
      own.server.awaitRequests(1, Wire.SOON);
      for (Method method : methods().filter(m -> CUTTING.contains(m.getName())).toList()) {
        CompletionStage<?> cut = (CompletionStage<?>) method.invoke(future);
        assertTrue(cut.thenRun(() -> {}).toCompletableFuture().cancel(true));
        assertTrue(cut.toCompletableFuture().cancel(true));
      }
      assertFalse(future.isDone());
      own.server.release();
      assertEquals("ok", future.join());
      assertEquals(0, own.server.disconnects());
    }
  }

  static Stream<Named<Method>> stagesOfTwo() {
    return stageMethods()
        .filter(method -> Arrays.asList(method.getParameterTypes()).contains(CompletionStage.class))
        .map(method -> Named.of(signature(method), method));
  }

  @Test
  void thereAreSixKindsOfStagesOfTwo() {
    assertEquals(18, stagesOfTwo().count());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stagesOfTwo")
  @DisplayName("B25 (a) cancelling a stage of two futures cancels the calls of both")
  void cancellingAStageOfTwoCancelsBothCalls(Method method) throws ReflectiveOperationException {
    Blocked first = new Blocked();
    Blocked second = new Blocked();
    CompletableFuture<Object> stage =
        stageOfTwo(objects(first.started()), method, second.started().thenApply(x -> x));
    assertTrue(stage.thenApply(x -> x).cancel(false));
    first.awaitCancelled();
    second.awaitCancelled();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stagesOfTwo")
  @DisplayName("B25 (c) a copy as the second future keeps its call, and so does a future not ours")
  void cancellingAStageOfTwoLeavesACopyAlone(Method method) throws ReflectiveOperationException {
    Blocked first = new Blocked();
    Blocked second = new Blocked();
    CallFuture<String> kept = second.started();
    assertTrue(stageOfTwo(objects(first.started()), method, kept.copy()).cancel(false));
    first.awaitCancelled();
    Blocked third = new Blocked();
    CompletableFuture<Object> foreign = new CompletableFuture<>();
    assertTrue(stageOfTwo(objects(third.started()), method, foreign).cancel(false));
    third.awaitCancelled();
    assertFalse(foreign.isDone());
    second.assertRuns();
    second.release();
    assertEquals("value", kept.join());
  }

  @Test
  @DisplayName("B25 (a) where the second future has settled first the stage still cancels the call")
  void aStageOfASettledFutureCancelsTheCall() {
    Blocked blocked = new Blocked();
    CompletableFuture<String> settled = CompletableFuture.completedFuture("other");
    CompletableFuture<String> either =
        blocked.started().applyToEitherAsync(settled, x -> x, task -> {});
    assertTrue(either.cancel(true));
    blocked.awaitCancelled();
  }

  private static CompletableFuture<Object> stageOfTwo(
      CompletableFuture<Object> future, Method method, CompletionStage<?> second)
      throws ReflectiveOperationException {
    return stage(future, method, x -> x, second);
  }

  @SuppressWarnings("unchecked")
  private static CompletableFuture<Object> objects(CallFuture<String> future) {
    return (CompletableFuture<Object>) (CompletableFuture<?>) future;
  }

  private static CompletableFuture<Object> stage(CompletableFuture<Object> future, Method method)
      throws ReflectiveOperationException {
    return stage(future, method, x -> x);
  }

  private static CompletableFuture<Object> stage(
      CompletableFuture<Object> future, Method method, Function<Object, Object> function)
      throws ReflectiveOperationException {
    return stage(future, method, function, new CompletableFuture<>());
  }

  @SuppressWarnings("unchecked")
  private static CompletableFuture<Object> stage(
      CompletableFuture<Object> future,
      Method method,
      Function<Object, Object> function,
      CompletionStage<?> second)
      throws ReflectiveOperationException {
    Map<Class<?>, Object> given = Map.of(Function.class, function, CompletionStage.class, second);
    Object[] arguments = Arrays.stream(method.getParameterTypes())
        .map(type -> given.containsKey(type) ? given.get(type) : argument(type))
        .toArray();
    return (CompletableFuture<Object>) method.invoke(future, arguments);
  }

  private static Object argument(Class<?> type) {
    if (type == BiFunction.class) return (BiFunction<Object, Object, Object>) (x, y) -> x;
    if (type == Consumer.class) return (Consumer<Object>) x -> {};
    if (type == BiConsumer.class) return (BiConsumer<Object, Object>) (x, y) -> {};
    if (type == Runnable.class) return (Runnable) () -> {};
    if (type == Executor.class) return (Executor) Runnable::run;
    throw new AssertionError("No argument of " + type);
  }

  private static String signature(Method method) {
    List<String> types =
        Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList();
    return method.getName() + "(" + String.join(", ", types) + ")";
  }
}
