package io.dendra.examples.sweep;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.TrialRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** Keeps the saved model of the best trial, and no other. */
final class BestModel implements SweepListener {
  private Study study;
  private int best;

  @Override
  public void onSweepBegin(Study begun, List<String> slots, int totalTrials) {
    this.study = begun;
    this.best = bestNow();
  }

  @Override
  public void onTrialEnd(TrialRecord ended, String slot) {
    int now = bestNow();
    if (now != best) {
      delete(best);
      best = now;
    }
    if (ended.number() != best) {
      delete(ended.number());
    }
  }

  private int bestNow() {
    return study.snapshot().best().map(TrialRecord::number).orElse(-1);
  }

  private void delete(int trial) {
    try {
      Files.deleteIfExists(DigitObjective.file(study.directory().resolve("trial-" + trial)));
    } catch (IOException e) {
      throw new UncheckedIOException("the model of trial " + trial + " could not be deleted", e);
    }
  }
}
