package io.dendra.sweep.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.TrialRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SweepProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final AtomicLong now = new AtomicLong();

  private static Study study() {
    return Study.create("digits", o -> o.directions(Direction.MAXIMIZE).seed(1));
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void passes(long seconds) {
    now.addAndGet(seconds * 1_000_000_000L);
  }

  @Test
  void drawsBestTimeLeftAndAPlaceForEachTrial() {
    try (Study study = study()) {
      SweepProgress progress = new SweepProgress(out, () -> 100, now::get);
      ProgressState state = new ProgressState("digits", study.directions(), 4, 0, 0);
      state.slot("cuda:0");
      state.slot("cuda:1");
      assertThat(progress).isNotNull();
      Trial first = study.ask();
      first.suggestInt("layers", 2, 2);
      state.begins(0, "cuda:0", 0);
      state.begins(1, "cuda:1", 5_000_000_000L);
      study.tell(first, 0.96875);
      state.ends(study.trials().get(0), "cuda:0");
      state.reports(1, 3, 0.875);
      assertThat(ProgressText.lines(state, 65_000_000_000L, 100))
          .containsExactly(
              "sweep digits  [========                      ] 1/4  1 running, 1 done, 0 pruned, 0"
                  + " failed",
              "best   0.96875 (trial 0)  layers=2",
              "time   1:05, about 3:15 left",
              "  cuda:0     -",
              "  cuda:1     trial 1      step 3    0.87500     1:00");
      assertThat(ProgressText.lines(state, 65_000_000_000L, 24))
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(24))
          .first()
          .isEqualTo("sweep digits  [=    ] 1…");
      assertThat(ProgressText.lines(state, 65_000_000_000L, 80).get(0))
          .isEqualTo(
              "sweep digits  [=====                ] 1/4  1 running, 1 done, 0 pruned, 0 failed");
    }
  }

  @Test
  void printsALineForEachTrialWhereNothingCanBeDrawnOver() throws InterruptedException {
    try (Study study = study()) {
      study.optimize(
          trial -> {
            double x = trial.suggestFloat("x", 0.5, 0.5);
            trial.report(0, x);
            if (trial.number() == 1) {
              throw new TrialPrunedException();
            }
            if (trial.number() == 2) {
              throw new IllegalStateException("no\u001b[31m luck");
            }
            return x;
          },
          o -> o.totalTrials(3).listener(new SweepProgress(out, null, now::get)));
    }
    List<String> lines = text().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .matches(
            "1/3  trial 0 done 0.50000 in 0:00 on .*  x=0.50000  \\| best 0.50000 \\(trial 0\\)");
    assertThat(lines.get(1)).contains("2/3  trial 1 pruned 0.50000 at step 0");
    assertThat(lines.get(2))
        .contains("3/3  trial 2 failed", "IllegalStateException: no?[31m luck")
        .doesNotContain("\u001b");
  }

  @Test
  void drawsOverItselfInOneWriteAndKeepsFailuresAbove() throws InterruptedException {
    try (Study study = study()) {
      SweepProgress progress = new SweepProgress(out, () -> 80, now::get);
      study.optimize(
          trial -> {
            passes(2);
            if (trial.number() == 0) {
              throw new IllegalStateException("no luck");
            }
            return trial.suggestFloat("x", 0, 1);
          },
          o -> o.totalTrials(5).workers(2).listener(progress));
    }
    String all = text();
    assertThat(all).contains("trial 0 failed", "no luck", "5/5", "0 running, 4 done");
    String last = all.substring(all.lastIndexOf("sweep digits"));
    assertThat(last.lines().map(line -> line.replaceAll("\u001b\\[[0-9]*[A-Z]", "")).toList())
        .allSatisfy(line -> assertThat(line.length()).isLessThan(80))
        .hasSize(6);
  }

  @Test
  void goesOnCountingWhereAnEarlierRunStood() throws InterruptedException {
    try (Study study = study()) {
      study.optimize(trial -> trial.suggestFloat("x", 0, 1), o -> o.totalTrials(2));
      study.optimize(
          trial -> trial.suggestFloat("x", 0, 1),
          o -> o.totalTrials(3).listener(new SweepProgress(out, null, now::get)));
      TrialRecord best = study.best();
      assertThat(text()).startsWith("3/3  trial 2 done").contains("(trial " + best.number() + ")");
    }
  }
}
