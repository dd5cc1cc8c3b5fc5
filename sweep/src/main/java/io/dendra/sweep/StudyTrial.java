package io.dendra.sweep;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.samplers.SamplingContext;
import io.dendra.sweep.storage.AttributeKind;
import io.dendra.sweep.storage.TrialLease;
import io.dendra.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running trial of a study in this process. */
final class StudyTrial implements Trial {
  private static final Logger LOG = LoggerFactory.getLogger(StudyTrial.class);

  /** The system attribute that holds enqueued parameters; Optuna's name. */
  static final String FIXED = "fixed_params";

  private final Study study;
  private final TrialRecord start;
  private final TrialLease lease;
  private final Device device;
  private final StudySnapshot seen;
  private final Map<String, ParameterValue> parameters;
  private final Map<String, Double> relative;
  private final Map<String, Distribution> relativeSpace;

  StudyTrial(Study study, TrialRecord start, StudySnapshot seen, Device device) {
    this.study = study;
    this.start = start;
    this.lease = TrialLease.of(start);
    this.device = device;
    this.seen = study.pruner().comparable(seen, start.number());
    this.parameters = new LinkedHashMap<>(start.parameters());
    this.relativeSpace = study.sampler().relativeSearchSpace(this.seen);
    this.relative =
        relativeSpace.isEmpty()
            ? Map.of()
            : new HashMap<>(study.sampler().sampleRelative(context(samplerKey()), relativeSpace));
  }

  Study study() {
    return study;
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
    ParameterValue value = new ParameterValue(distribution, choose(name, distribution));
    study.storage().addParameters(lease, Map.of(name, value));
    parameters.put(name, value);
    return value.value();
  }

  private double choose(String name, Distribution distribution) {
    Map<?, ?> fixed = start.systemAttributes().get(FIXED) instanceof Map<?, ?> map ? map : Map.of();
    if (fixed.containsKey(name)) {
      double internal = distribution.encode(fixed.get(name));
      if (distribution.contains(internal)) {
        return internal;
      }
      LOG.warn(
          "trial {}: enqueued value {} of '{}' lies outside {}, so another is drawn",
          number(),
          fixed.get(name),
          name,
          distribution);
    }
    Double together = relative.get(name);
    if (together != null
        && distribution.isCompatibleWith(relativeSpace.get(name))
        && distribution.contains(together)) {
      return together;
    }
    return study.sampler().sampleIndependent(context(samplerKey().fold(name)), name, distribution);
  }

  private RandomKey samplerKey() {
    return RandomKey.of(study.seed()).fold("sampler").fold(number());
  }

  private SamplingContext context(RandomKey key) {
    return new SamplingContext(
        seen,
        number(),
        new RandomStream(key),
        (name, value) ->
            study.storage().setTrialAttribute(lease, AttributeKind.SYSTEM, name, value));
  }

  @Override
  public void report(int step, double value) {
    study.requireOneObjective("reports");
    study.storage().report(lease, step, value);
    study.reported(this, step, value);
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
      return Files.createDirectories(study.directory().resolve("trial-" + number()));
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of trial " + number() + " cannot be made", e);
    }
  }
}
