package dev.muster.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.muster.batch.BatchReport;
import dev.muster.chat.ChatRequest;
import dev.muster.chat.Message;
import dev.muster.concurrent.Completed;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceResult;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Compiling is the test: no use of an operator is ambiguous or needs a cast or an explicit type.
 */
class OverloadTest {
  private static final List<String> ITEMS = List.of("a", "b");
  private static final Call<String> A = Call.value("a");
  private static final Call<String> B = Call.value("b");
  private static final Call<String> C = Call.value("c");
  private static final Call<Integer> ONE = Call.value(1);
  private static final List<Call<String>> CALLS = List.of(A, B);
  private static final Set<Call<? extends Number>> MIXED = Set.of(ONE);

  /** Has the same overloads as a model and an agent. */
  static final class Overloaded {
    Call<String> ask(String prompt) {
      return Call.value(prompt);
    }

    Call<String> ask(Message message) {
      return Call.value(message.text());
    }

    Call<String> ask(ChatRequest request) {
      return Call.value(request.messages().get(0).text());
    }

    Call<Integer> chat(String prompt) {
      return Call.value(prompt.length());
    }

    Call<Integer> chat(CharSequence prompt) {
      return Call.value(prompt.length());
    }
  }

  private final Overloaded model = new Overloaded();

  @Test
  void gather() {
    Call<List<String>> lambda = Calls.gather(ITEMS, item -> model.ask(item));
    Call<List<String>> reference = Calls.gather(ITEMS, model::ask);
    Call<List<Integer>> overloaded = Calls.gather(ITEMS, model::chat);
    Call<List<String>> none = Calls.gather();
    Call<List<String>> two = Calls.gather(A, B);
    Call<List<String>> three = Calls.gather(A, B, C);
    Call<List<String>> collection = Calls.gather(CALLS);
    Call<List<Number>> numbers = Calls.gather(MIXED);
    Call<List<Object>> objects = Calls.gather(A, ONE);
    var inferred = Calls.gather(A, ONE);
    var fromItems = Calls.gather(ITEMS, model::ask);
    for (String answer : fromItems.execute()) assertNotNull(answer);
    assertEquals(List.of("a", 1), inferred.execute());
    assertEquals(List.of(), none.execute());
    assertEquals(lambda.execute(), reference.execute());
    assertEquals(List.of(1, 1), overloaded.execute());
    assertEquals(List.of("a", "b", "c"), three.execute());
    assertEquals(two.execute(), collection.execute());
    assertEquals(List.of(1), numbers.execute());
    assertEquals(List.of("a", 1), objects.execute());
  }

  @Test
  void gatherSettled() {
    Call<List<Outcome<String>>> lambda = Calls.gatherSettled(ITEMS, item -> model.ask(item));
    Call<List<Outcome<String>>> reference = Calls.gatherSettled(ITEMS, model::ask);
    Call<List<Outcome<Integer>>> overloaded = Calls.gatherSettled(ITEMS, model::chat);
    Call<List<Outcome<String>>> none = Calls.gatherSettled();
    Call<List<Outcome<String>>> two = Calls.gatherSettled(A, B);
    Call<List<Outcome<String>>> three = Calls.gatherSettled(A, B, C);
    Call<List<Outcome<String>>> collection = Calls.gatherSettled(CALLS);
    Call<List<Outcome<Number>>> numbers = Calls.gatherSettled(MIXED);
    Call<List<Outcome<Object>>> objects = Calls.gatherSettled(A, ONE);
    var inferred = Calls.gatherSettled(A, ONE);
    assertEquals(lambda.execute(), reference.execute());
    assertEquals(2, overloaded.execute().size());
    assertEquals(List.of(), none.execute());
    assertEquals(two.execute(), collection.execute());
    assertEquals(3, three.execute().size());
    assertEquals(1, numbers.execute().get(0).getOrThrow());
    assertEquals(objects.execute(), inferred.execute());
  }

  @Test
  void race() {
    Call<RaceResult<String>> lambda = Calls.race(ITEMS, item -> model.ask(item));
    Call<RaceResult<String>> reference = Calls.race(ITEMS, model::ask);
    Call<RaceResult<Integer>> overloaded = Calls.race(ITEMS, model::chat);
    Call<RaceResult<String>> two = Calls.race(A, B);
    Call<RaceResult<String>> three = Calls.race(A, B, C);
    Call<RaceResult<String>> collection = Calls.race(CALLS);
    Call<RaceResult<Number>> numbers = Calls.race(MIXED);
    Call<RaceResult<Object>> objects = Calls.race(A, ONE);
    var inferred = Calls.race(A, ONE);
    assertThrows(IllegalArgumentException.class, () -> Calls.race());
    assertThrows(IllegalArgumentException.class, () -> Calls.race(List.<Call<String>>of()));
    assertThrows(IllegalArgumentException.class, () -> Calls.race(List.<String>of(), model::ask));
    for (Call<?> call : List.of(
        lambda, reference, overloaded, two, three, collection, numbers, objects, inferred)) {
      assertNotNull(call.execute());
    }
  }

  @Test
  void select() {
    Call<Completed<String, String>> lambda = Calls.select(ITEMS, item -> model.ask(item));
    Call<Completed<String, String>> reference = Calls.select(ITEMS, model::ask);
    Call<Completed<String, Integer>> overloaded = Calls.select(ITEMS, model::chat);
    Call<Completed<String, String>> two = Calls.select(A, B);
    Call<Completed<String, String>> three = Calls.select(A, B, C);
    Call<Completed<String, String>> collection = Calls.select(CALLS);
    Call<Completed<String, Number>> numbers = Calls.select(MIXED);
    Call<Completed<String, Object>> objects = Calls.select(A, ONE);
    var inferred = Calls.select(A, ONE);
    assertThrows(IllegalArgumentException.class, () -> Calls.select());
    assertThrows(IllegalArgumentException.class, () -> Calls.select(List.<Call<String>>of()));
    assertThrows(IllegalArgumentException.class, () -> Calls.select(List.<String>of(), model::ask));
    for (Call<?> call : List.of(
        lambda, reference, overloaded, two, three, collection, numbers, objects, inferred)) {
      assertNotNull(call.execute());
    }
  }

  @Test
  void asCompleted() {
    StreamCall<Completed<String, String>> lambda =
        Calls.asCompleted(ITEMS, item -> model.ask(item));
    StreamCall<Completed<String, String>> reference = Calls.asCompleted(ITEMS, model::ask);
    StreamCall<Completed<String, Integer>> overloaded = Calls.asCompleted(ITEMS, model::chat);
    StreamCall<Completed<String, String>> none = Calls.asCompleted();
    StreamCall<Completed<String, String>> two = Calls.asCompleted(A, B);
    StreamCall<Completed<String, String>> three = Calls.asCompleted(A, B, C);
    StreamCall<Completed<String, String>> collection = Calls.asCompleted(CALLS);
    StreamCall<Completed<String, Number>> numbers = Calls.asCompleted(MIXED);
    StreamCall<Completed<String, Object>> objects = Calls.asCompleted(A, ONE);
    var inferred = Calls.asCompleted(A, ONE);
    assertEquals(List.of(), none.toList().execute());
    for (StreamCall<?> call :
        List.of(lambda, reference, overloaded, two, collection, objects, inferred)) {
      assertEquals(2, call.toList().execute().size());
    }
    assertEquals(3, three.toList().execute().size());
    assertEquals(1, numbers.toList().execute().size());
    try (CallStream<Completed<String, String>> done =
        Calls.asCompleted(ITEMS, model::ask).open()) {
      for (var one : done) assertEquals(one.item(), one.getOrThrow());
    }
  }

  @Test
  void windowsAndGroups() {
    StreamCall<String> lambda = Calls.mapConcurrent(ITEMS, 2, item -> model.ask(item));
    StreamCall<String> reference = Calls.mapConcurrent(ITEMS, 2, model::ask);
    StreamCall<Integer> overloaded = Calls.mapConcurrent(ITEMS, 2, model::chat);
    StreamCall<String> unordered = Calls.mapConcurrentUnordered(ITEMS, 1, model::ask);
    StreamCall<String> chunked = Calls.mapChunked(ITEMS, 2, model::ask);
    StreamCall<CharSequence> wider = Calls.mapConcurrent(ITEMS, 2, item -> model.ask(item));
    StreamCall<String> identity = Calls.mapConcurrent(CALLS, 2, call -> call);
    var inferred = Calls.mapConcurrent(ITEMS, 2, model::ask).map(String::length);
    assertEquals(ITEMS, lambda.toList().execute());
    assertEquals(ITEMS, reference.toList().execute());
    assertEquals(List.of(1, 1), overloaded.toList().execute());
    assertEquals(ITEMS, unordered.toList().execute());
    assertEquals(ITEMS, chunked.toList().execute());
    assertEquals(ITEMS, wider.toList().execute());
    assertEquals(ITEMS, identity.toList().execute());
    assertEquals(List.of(1, 1), inferred.toList().execute());
    assertThrows(IllegalArgumentException.class, () -> Calls.mapConcurrent(ITEMS, 0, model::ask));
    assertThrows(
        IllegalArgumentException.class, () -> Calls.mapConcurrentUnordered(ITEMS, 0, model::ask));
    assertThrows(IllegalArgumentException.class, () -> Calls.mapChunked(ITEMS, 0, model::ask));
  }

  @Test
  void batch() {
    Batch<String, String> lambda = Calls.batch(ITEMS, item -> model.ask(item));
    Call<BatchReport<String, String>> reference =
        Calls.batch(ITEMS, model::ask).concurrency(2).failFast().id(item -> item);
    var inferred = Calls.batch(ITEMS, model::chat).onProgress(progress -> {}).execute();
    assertEquals(2, lambda.execute().succeeded());
    assertEquals(ITEMS, reference.execute().values());
    assertEquals(List.of(1, 1), inferred.values());
  }

  @Test
  void zip() {
    Call<String> two = Calls.zip(A, ONE, (a, b) -> a + b);
    Call<String> three = Calls.zip(A, ONE, B, (a, b, c) -> a + b + c);
    Call<String> four = Calls.zip(A, ONE, B, ONE, (a, b, c, d) -> a + b + c + d);
    Call<String> five = Calls.zip(A, ONE, B, ONE, C, (a, b, c, d, e) -> a + b + c + d + e);
    var reference = Calls.zip(A, B, String::concat);
    assertEquals("a1", two.execute());
    assertEquals("a1b", three.execute());
    assertEquals("a1b1", four.execute());
    assertEquals("a1b1c", five.execute());
    assertEquals("ab", reference.execute());
  }

  @Test
  void methodsOfCall() {
    Call<Integer> length = A.map(String::length);
    Call<Object> wider = A.map(a -> a);
    Call<String> then = A.then(model::ask);
    Call<String> thenLambda = A.then(a -> B.map(b -> a + b));
    Call<String> recovered = A.recover(e -> "x").recover(IllegalStateException.class, e -> "y");
    Call<String> of = Call.of(() -> "x");
    Call<List<String>> list = Call.of(() -> List.of("x"));
    var failed =
        Call.<String>failure(new IllegalStateException("x")).recover(Throwable::getMessage);
    Collection<Call<Integer>> calls = List.of(length, ONE);
    assertEquals(1, length.execute());
    assertEquals("a", wider.execute());
    assertEquals("a", then.execute());
    assertEquals("ab", thenLambda.execute());
    assertEquals("a", recovered.execute());
    assertEquals("x", of.execute());
    assertEquals(List.of("x"), list.execute());
    assertEquals("x", failed.execute());
    assertEquals(List.of(1, 1), Calls.gather(calls).execute());
  }
}
