package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.muster.MusterClient;
import dev.muster.agent.ChatAgent;
import dev.muster.agent.ChatConversation;
import dev.muster.batch.BatchKt;
import dev.muster.batch.BatchOptions;
import dev.muster.concurrent.AsCompletedKt;
import dev.muster.concurrent.DeadlineKt;
import dev.muster.concurrent.FallbackKt;
import dev.muster.concurrent.GatherKt;
import dev.muster.concurrent.HedgeKt;
import dev.muster.concurrent.InterruptibleKt;
import dev.muster.concurrent.MapChunkedKt;
import dev.muster.concurrent.MapConcurrentKt;
import dev.muster.concurrent.Pipeline;
import dev.muster.concurrent.PipelineKt;
import dev.muster.concurrent.RaceKt;
import dev.muster.concurrent.SelectFirstKt;
import dev.muster.embedding.EmbeddingModel;
import dev.muster.embedding.EmbeddingModelKt;
import dev.muster.model.ChatModel;
import dev.muster.resilience.RetryKt;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Java can do all that Kotlin can. Each public function of the core has a method of the facade with
 * the same name and the same plain parameters: numbers, texts, durations, settings. Parameters that
 * the languages spell differently (functions, collections, models) do not count.
 */
class KotlinParityTest {
  /** Functions that have another name in Java. */
  private static final Map<String, String> RENAMED = Map.of(
      "selectFirst()", "select()",
      "deadline(Duration)", "timeout(Duration)",
      "interruptible()", "of()",
      "executor()", "callbacksOn()",
      "embed()", "embedAll()",
      "asFlow()", "results()");

  /** Functions that Java does not have, and why. */
  private static final Map<String, String> ABSENT = Map.ofEntries(
      Map.entry("Muster: shutdown()", "close() does it on a callback thread"),
      Map.entry("Muster.Builder: facade(String)", "for facades"),
      Map.entry("Muster.Builder: providers()", "a provider is written in Kotlin"),
      Map.entry("Agent: builder()", "Muster.agent(id)"),
      Map.entry("Agent: model()", "modelId(): the model has suspend functions"),
      Map.entry("Batch: mode(BatchMode)", "failFast(): a batch is immutable"),
      Map.entry("Batch: build()", "a batch is a call"),
      Map.entry("Calls: batch(BatchOptions)", "the methods of Batch"),
      Map.entry("Calls: cancelAsFarAsItCan()", "internal"),
      Map.entry("Calls: defaultBuffer(int)", "internal"),
      Map.entry("Calls: isRecoverable()", "internal"));

  private final Set<String> missing = new TreeSet<>();

  @Test
  void javaHasEveryFunctionOfKotlin() {
    compare(List.of(MusterClient.class), Muster.class);
    compare(List.of(MusterClient.Builder.class), Muster.Builder.class);
    compare(List.of(ChatModel.class), Model.class);
    compare(List.of(EmbeddingModel.class, EmbeddingModelKt.class), Embedder.class);
    compare(List.of(ChatAgent.class), Agent.class);
    compare(List.of(ChatAgent.Builder.class), Agent.Builder.class);
    compare(List.of(ChatConversation.class), Conversation.class);
    compare(List.of(BatchOptions.Builder.class), Batch.class);
    compare(List.of(Pipeline.class), CallPipeline.class);
    compare(
        List.of(
            AsCompletedKt.class,
            BatchKt.class,
            DeadlineKt.class,
            FallbackKt.class,
            GatherKt.class,
            HedgeKt.class,
            InterruptibleKt.class,
            MapChunkedKt.class,
            MapConcurrentKt.class,
            PipelineKt.class,
            RaceKt.class,
            RetryKt.class,
            SelectFirstKt.class),
        Calls.class,
        Call.class);
    assertEquals(new TreeSet<>(ABSENT.keySet()), missing);
  }

  private void compare(List<Class<?>> kotlin, Class<?>... java) {
    Set<String> offered =
        Arrays.stream(java).flatMap(KotlinParityTest::methods).collect(Collectors.toSet());
    String owner = java[0].getName().replaceAll(".*[.]", "").replace('$', '.') + ": ";
    kotlin.stream()
        .flatMap(KotlinParityTest::methods)
        .map(name -> RENAMED.getOrDefault(name, name))
        .filter(name -> !offered.contains(name))
        .forEach(name -> missing.add(owner + name));
  }

  private static Stream<String> methods(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getDeclaringClass() != Object.class && !method.isBridge())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        // Default arguments, and functions that have a twin with java.time.Duration.
        .filter(method -> !method.getName().contains("$") && !method.getName().contains("-"))
        .map(KotlinParityTest::described);
  }

  private static String described(Method method) {
    String name = method.getName().replaceFirst("^get(?=[A-Z])", "");
    return Character.toLowerCase(name.charAt(0))
        + name.substring(1)
        + Arrays.stream(method.getParameterTypes())
            .filter(KotlinParityTest::isPlain)
            .map(KotlinParityTest::simple)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  private static boolean isPlain(Class<?> type) {
    boolean isSetting = type.getName().startsWith("dev.muster.")
        && !type.isInterface()
        && !type.getName().startsWith("dev.muster.java.");
    return type.isPrimitive()
        || type == String.class
        || type == Duration.class
        || isBoxed(type)
        || isSetting;
  }

  private static boolean isBoxed(Class<?> type) {
    return Number.class.isAssignableFrom(type) || type == Boolean.class;
  }

  /** {@code Integer} and {@code int} are the same here: only Kotlin has an int that may be null. */
  private static String simple(Class<?> type) {
    if (type == Integer.class) return "int";
    return isBoxed(type) ? type.getSimpleName().toLowerCase(Locale.ROOT) : type.getSimpleName();
  }
}
