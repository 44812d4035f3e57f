package dev.muster.java.parity;

import dev.muster.concurrent.Completed;
import dev.muster.concurrent.Outcome;
import dev.muster.concurrent.RaceResult;
import dev.muster.java.Call;
import dev.muster.java.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** The future style with one mistake each. The table must find every one of them. */
final class BrokenRunners {
  private BrokenRunners() {}

  /** Waits for each call of a gather, settled or not, before it starts the next. */
  static Runner joiningOneAfterAnother() {
    return runner((setup, audience) -> new ByCalls(setup, audience) {
      @Override
      Call<Object> many(Operator operator, List<Call<Object>> calls) {
        return switch (operator) {
          case GATHER -> joined(calls);
          case SETTLED -> joined(calls.stream().map(BrokenRunners::outcome).toList());
          default -> super.many(operator, calls);
        };
      }
    });
  }

  /** Holds a future without a link to its call. */
  static Runner withTheCancelLinkCut() {
    return runner((setup, audience) -> new FutureRunner.FutureSession(setup, audience) {
      @Override
      CompletableFuture<Object> handle(CompletableFuture<Object> whole) {
        return whole.copy();
      }
    });
  }

  /** Ends a race with the first call that settles, even if it failed. */
  static Runner racingToTheFirstThatSettles() {
    return runner((setup, audience) -> new ByCalls(setup, audience) {
      @Override
      Call<Object> many(Operator operator, List<Call<Object>> calls) {
        return operator == Operator.RACE
            ? Calls.<Object>select(calls).map(BrokenRunners::won)
            : super.many(operator, calls);
      }
    });
  }

  private static Runner runner(BiFunction<Setup, Audience, Session> sessions) {
    return new FutureRunner() {
      @Override
      public Session open(Setup setup, Audience audience) {
        return sessions.apply(setup, audience);
      }
    };
  }

  /** Turns items into calls, so there is only one place for the mistake. */
  private static class ByCalls extends FutureRunner.FutureSession {
    ByCalls(Setup setup, Audience audience) {
      super(setup, audience);
    }

    @Override
    Call<Object> manyItems(ManyItems op) {
      return many(
          op.operator(),
          op.items().stream()
              .map(item -> Call.value(item).then(name -> call(each(op.each(), name))))
              .toList());
    }
  }

  private static RaceResult<Object> won(Completed<String, Object> first) {
    return new RaceResult<>(first.index(), first.label(), first.elapsed(), first.getOrThrow());
  }

  private static Call<Object> joined(List<Call<Object>> calls) {
    Call<List<Object>> values = Call.value(List.of());
    for (Call<Object> call : calls) {
      values = values.then(before -> call.map(value -> with(before, value)));
    }
    return JavaSession.any(values);
  }

  private static Call<Object> outcome(Call<Object> call) {
    return call.<Object>map(Outcome.Success::new).recover(Outcome.Failure::new);
  }

  private static List<Object> with(List<Object> before, Object value) {
    List<Object> all = new ArrayList<>(before);
    all.add(value);
    return all;
  }
}
