package io.dendra.sweep.storage;

import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.util.List;

/** What every storage refuses, whatever it keeps trials in. */
final class TrialChecks {
  private TrialChecks() {}

  static void requireAddable(TrialRecord trial) {
    if (trial.state() == TrialState.RUNNING) {
      throw new IllegalArgumentException(
          "a trial that runs cannot be added: start one, or add it waiting or ended");
    }
    requireNumbers(trial.values());
    trial.parameters().keySet().forEach(name -> Names.require("a parameter", name));
    trial.userAttributes().keySet().forEach(key -> Names.require("an attribute", key));
    trial.systemAttributes().keySet().forEach(key -> Names.require("an attribute", key));
  }

  static void requireEnd(TrialState state, List<Double> values) {
    if (!state.isFinished()) {
      throw new IllegalArgumentException(
          "a trial ends COMPLETE, PRUNED or FAIL, given " + state + "; giveBack makes it wait");
    }
    requireNumbers(values);
  }

  static void requireCompatible(String name, Distribution known, Distribution given) {
    if (!known.isCompatibleWith(given)) {
      throw new IllegalArgumentException(
          "parameter '"
              + name
              + "' is "
              + given
              + ", but earlier trials of this study have "
              + known
              + ": bounds may change within a study, kinds and choices may not. Use another name"
              + " for the parameter, or a new study");
    }
  }

  private static void requireNumbers(List<Double> values) {
    if (values.contains(Double.NaN)) {
      throw new IllegalArgumentException(
          "the value of a trial is a number, given " + values + "; a trial without one fails");
    }
  }
}
