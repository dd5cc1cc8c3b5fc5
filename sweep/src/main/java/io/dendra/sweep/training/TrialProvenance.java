package io.dendra.sweep.training;

import io.dendra.data.Dataset;
import io.dendra.serialization.Provenance;
import io.dendra.sweep.Trial;

/**
 * Notes in a trial's user attributes where its result comes from, so that Optuna's tools show it:
 * {@code seed}, {@code dendra}, {@code java}, {@code os}, {@code device}, {@code backend} and
 * {@code data_sha256}. Its parameters are part of the trial anyway.
 */
public final class TrialProvenance {
  private TrialProvenance() {}

  /** Notes all but the data. */
  public static void note(Trial trial) {
    trial.attribute("seed", trial.seed());
    trial.attribute("dendra", Provenance.dendraVersion());
    Provenance.platform().forEach(trial::attribute);
    Provenance.of(trial.device()).forEach(trial::attribute);
  }

  /** Notes all, with the hash of the data that it trains on; see {@link DataHash}. */
  public static void note(Trial trial, Dataset data) {
    note(trial);
    trial.attribute("data_sha256", DataHash.of(data).orElse("generated"));
  }
}
