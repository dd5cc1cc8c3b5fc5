package io.dendra.sweep;

import io.dendra.random.RandomKey;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.storage.AttributeKind;
import io.dendra.sweep.storage.TrialLease;
import io.dendra.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;

/** A running trial of a study in this process. */
final class StudyTrial implements Trial {
  /** The system attribute that holds enqueued parameters; Optuna's name. */
  static final String FIXED = "fixed_params";

  private final Study study;
  private final TrialRecord start;
  private final TrialLease lease;
  private final Device device;
  private final Map<String, ParameterValue> parameters;
  private final ParameterDraws draws;
  private SweepListener listener = SweepListener.NONE;

  StudyTrial(Study study, TrialRecord start, ParameterDraws.Seen seen, Device device) {
    this.study = study;
    this.start = start;
    this.lease = TrialLease.of(start);
    this.device = device;
    this.parameters = new LinkedHashMap<>(start.parameters());
    this.draws =
        new ParameterDraws(
            study.sampler(),
            study.seed(),
            start,
            seen,
            (name, value) ->
                study.storage().setTrialAttribute(lease, AttributeKind.SYSTEM, name, value));
  }

  Study study() {
    return study;
  }

  /** Who is told what the trial reports. */
  void listen(SweepListener listener) {
    this.listener = listener;
  }

  TrialLease lease() {
    return lease;
  }

  @Override
  public int number() {
    return start.number();
  }

  @Override
  public Object suggest(String name, Distribution distribution) {
    ParameterValue known = parameters.get(name);
    if (known != null) {
      if (!known.distribution().isCompatibleWith(distribution)) {
        throw new IllegalArgumentException(
            "trial "
                + number()
                + " has parameter '"
                + name
                + "' from "
                + known.distribution()
                + ", so it cannot suggest it from "
                + distribution);
      }
      return known.value();
    }
    ParameterValue value = new ParameterValue(distribution, draws.draw(name, distribution));
    study.storage().addParameters(lease, Map.of(name, value));
    parameters.put(name, value);
    return value.value();
  }

  @Override
  public void report(int step, double value) {
    study.requireOneObjective("reports");
    if (Thread.currentThread().isInterrupted()) {
      // Most objectives report often and wait never, so this is where they hear of it.
      throw new CancellationException("trial " + number() + " was interrupted");
    }
    study.storage().report(lease, step, value);
    listener.onReport(this, step, value);
  }

  @Override
  public boolean shouldPrune() {
    study.requireOneObjective("pruning");
    StudySnapshot now = study.snapshot();
    TrialRecord self =
        now.trials().stream().filter(trial -> trial.number() == number()).findFirst().orElseThrow();
    return study.pruner().shouldPrune(now, self);
  }

  @Override
  public void attribute(String key, Object value) {
    study.storage().setTrialAttribute(lease, AttributeKind.USER, key, value);
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> values = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> values.put(name, parameter.value()));
    return values;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public RandomKey key() {
    return RandomKey.of(study.seed()).fold("trial").fold(number());
  }

  @Override
  public Path directory() {
    try {
      return Files.createDirectories(study.directory(number()));
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of trial " + number() + " cannot be made", e);
    }
  }
}
