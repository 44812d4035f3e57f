package dev.muster.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.muster.benchmarks.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A table must not say more than the runs do. */
class ReportTest {
  @Test
  void aBoundIsMetOrMissedOnlyWhereAllRunsSaySo() {
    Metric.Limit upper = new Metric.Limit(2, true);
    assertEquals("met", upper.verdict(List.of(1.0, 2.0)));
    assertEquals("**missed**", upper.verdict(List.of(2.1, 3.0)));
    assertEquals("undecided", upper.verdict(List.of(1.0, 3.0)));
    Metric.Limit lower = new Metric.Limit(1_000, false);
    assertEquals("met", lower.verdict(List.of(1_000.0)));
    assertEquals("**missed**", lower.verdict(List.of(999.0)));
    assertEquals("≥ 1,000", lower.toString());
  }

  @Test
  void aRunWithoutAValueKeepsNoPromise() {
    assertEquals("**missed**", new Metric.Limit(2, true).verdict(List.of(Double.NaN)));
  }

  @Test
  void theMedianOfAnEvenNumberOfRunsLiesBetweenTheTwoInTheMiddle() {
    assertEquals(2, Numbers.median(List.of(3.0, 1.0, 2.0)));
    assertEquals(2.5, Numbers.median(List.of(4.0, 1.0, 2.0, 3.0)));
    assertEquals("1 to 4", Numbers.spread(List.of(4.0, 1.0, 2.0)));
  }

  @Test
  void numbersHaveThreeDigits() {
    assertEquals("1,234", Numbers.shown(1234.4));
    assertEquals("12.3", Numbers.shown(12.34));
    assertEquals("1.23", Numbers.shown(1.234));
    assertEquals("0.123", Numbers.shown(0.1234));
    assertEquals("10,000", Numbers.shown(10_000));
  }

  @Test
  void aRunWithoutAValueIsShownAndLeftOutOfTheMedian() {
    assertEquals(2, Numbers.median(List.of(1.0, Double.NaN, 3.0)));
    assertEquals("1 to 3", Numbers.spread(List.of(1.0, Double.NaN, 3.0)));
    assertEquals("–", Numbers.shown(Numbers.median(List.of(Double.NaN))));
  }

  @Test
  void ratiosPairTheRunsOfOneTurn() {
    Map<String, List<Outcome>> runs = Map.of(
        "muster", List.of(lastClose(10), lastClose(50)),
        "bare", List.of(lastClose(20), lastClose(20)));
    String table = section("cancel", List.of("muster", "bare"), runs).markdown();
    assertTrue(
        table.contains("| last close | muster ÷ bare | 0.500 | 2.50 | 1.50 | 0.500 to 2.50 |"
            + " ≤ 1.50 | undecided |  |  |"),
        table);
  }

  @Test
  void anotherCheckoutsFiguresAreComparedAndKeepNoPromise() {
    Map<String, List<Outcome>> runs = Map.of(
        "muster", List.of(lastClose(10), lastClose(30)),
        "before-muster", List.of(lastClose(20), lastClose(20)),
        "bare", List.of(lastClose(20), lastClose(20)));
    String table =
        section("cancel", List.of("muster", "bare", "before-muster"), runs).markdown();
    assertTrue(
        table.contains(
            "| last close | muster ÷ before | 0.500 | 1.50 | 1 | 0.500 to 1.50 |  |  |  |  |"),
        table);
    assertTrue(
        table.contains("| last close | before-muster ÷ bare | 1 | 1 | 1 | none |  |  |  |  |"),
        table);
  }

  @Test
  void aFailureIsToldAndKeepsNoPromise() {
    Map<String, List<Outcome>> runs = Map.of(
        "muster", List.of(lastClose(10), Outcome.failed("refused")),
        "bare", List.of(lastClose(20), lastClose(20)),
        "koog", List.of(Outcome.unable("no streams")));
    String table = section("cancel", List.of("muster", "bare", "koog"), runs).markdown();
    assertTrue(table.contains("- **muster failed in run 2**: refused\n"), table);
    assertTrue(table.contains("- koog takes no part: no streams\n"), table);
    assertFalse(table.contains("| koog |"), table);
    assertTrue(
        table.contains(
            "| last close | muster ÷ bare | 0.500 | – | 0.500 | none | ≤ 1.50 | undecided |"),
        table);
  }

  @Test
  void onlyWhatIsPromisedOrWantedOfUsIsInTheSummary() {
    Outcome outcome = Outcome.of(Map.of("CPU per call", 2.0, "allocated per call", 30.0));
    Map<String, List<Outcome>> runs = Map.of("muster", List.of(outcome), "bare", List.of(outcome));
    List<String> rows = section("small", List.of("muster", "bare"), runs).summary();
    assertEquals(
        List.of(
            "| small | CPU per call | muster ÷ bare | 1 | 1 | none | ≤ 2 | met | ≤ 1.30 | met |",
            "| small | allocated per call, kB | muster | 1 | 30 | none | ≤ 40 | met | ≤ 25 | **missed** |"),
        rows);
  }

  @Test
  void theSummaryReplacesTheRowsOfOneWorkloadAndKeepsTheOrder() {
    List<String> order = List.of("small", "wide", "held");
    String first = ReportFile.summary("", "JDK 17", "held", List.of("| held | 1 |"), order);
    String second = ReportFile.summary(first, "JDK 17", "small", List.of("| small | 1 |"), order);
    String third = ReportFile.summary(second, "JDK 17", "held", List.of("| held | 2 |"), order);
    assertTrue(third.endsWith("|\n| small | 1 |\n| held | 2 |\n"), third);
  }

  @Test
  void aSectionReplacesItselfAndNothingElse() {
    String first = ReportFile.replaced("# Results\n\nWords.\n", "small", old -> "one\n");
    String second = ReportFile.replaced(first, "wide", old -> "two\n");
    String third = ReportFile.replaced(second, "small", old -> "three\n");
    assertEquals(
        "# Results\n\nWords.\n\n<!-- measured: small -->\nthree\n<!-- end of small -->\n"
            + "\n<!-- measured: wide -->\ntwo\n<!-- end of wide -->\n",
        third);
  }

  @Test
  void aSectionWithoutItsEndIsNotGuessedAt() {
    assertThrows(
        IllegalStateException.class,
        () -> ReportFile.replaced("<!-- measured: small -->\nold\n", "small", old -> "new\n"));
  }

  private static Outcome lastClose(double millis) {
    return Outcome.of(Map.of("last close", millis));
  }

  private static Section section(
      String workload, List<String> contestants, Map<String, List<Outcome>> runs) {
    return new Section(Workload.named(workload), "JDK 17", contestants, runs, "today");
  }
}
