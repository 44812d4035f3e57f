package dev.muster.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    Metric.Bound upper = new Metric.Bound(2, true);
    assertEquals("met", upper.verdict(List.of(1.0, 2.0)));
    assertEquals("**missed**", upper.verdict(List.of(2.1, 3.0)));
    assertEquals("undecided: the spread covers the bound", upper.verdict(List.of(1.0, 3.0)));
    Metric.Bound lower = new Metric.Bound(1_000, false);
    assertEquals("met", lower.verdict(List.of(1_000.0)));
    assertEquals("**missed**", lower.verdict(List.of(999.0)));
    assertEquals("≥ 1,000", lower.toString());
  }

  @Test
  void aRunWithoutAValueKeepsNoPromise() {
    assertEquals("**missed**", new Metric.Bound(2, true).verdict(List.of(Double.NaN)));
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
  void ratiosPairTheRunsOfOneTurn() {
    Workload cancel = Workload.named("cancel");
    Map<String, List<Map<String, Double>>> runs = Map.of(
        "muster", List.of(Map.of("last close", 10.0), Map.of("last close", 50.0)),
        "bare", List.of(Map.of("last close", 20.0), Map.of("last close", 20.0)));
    String table = new Section(cancel, List.of("muster", "bare"), runs, "today").markdown();
    assertTrue(
        table.contains(
            "| last close | muster ÷ bare | 0.500 | 2.50 | 1.50 | 0.500 to 2.50 | ≤ 2 | undecided:"),
        table);
  }

  @Test
  void aSectionReplacesItselfAndNothingElse() {
    String first = ReportFile.replaced("# Results\n\nWords.\n", "small", "one\n");
    String second = ReportFile.replaced(first, "wide", "two\n");
    String third = ReportFile.replaced(second, "small", "three\n");
    assertEquals(
        "# Results\n\nWords.\n\n<!-- measured: small -->\nthree\n<!-- end of small -->\n"
            + "\n<!-- measured: wide -->\ntwo\n<!-- end of wide -->\n",
        third);
  }

  @Test
  void aSectionWithoutItsEndIsNotGuessedAt() {
    assertThrows(
        IllegalStateException.class,
        () -> ReportFile.replaced("<!-- measured: small -->\nold\n", "small", "new\n"));
  }
}
