package io.dendra.sweep;

/** What a study optimizes. */
@FunctionalInterface
public interface Objective {
  /**
   * Runs one trial.
   *
   * @return its value
   * @throws TrialPrunedException to end it early
   * @throws Exception whatever goes wrong; the trial fails with it, the sweep goes on
   */
  double evaluate(Trial trial) throws Exception;

  /** Runs one trial of a study of several objectives: a value for each direction. */
  default double[] evaluateAll(Trial trial) throws Exception {
    return new double[] {evaluate(trial)};
  }

  /** Computes several values at once. */
  @FunctionalInterface
  interface Several {
    /** Runs one trial: a value for each direction. */
    double[] evaluate(Trial trial) throws Exception;
  }

  /** An objective of several values, such as accuracy and time. */
  static Objective several(Several objective) {
    return new Objective() {
      @Override
      public double evaluate(Trial trial) {
        throw new IllegalStateException("this objective has several values");
      }

      @Override
      public double[] evaluateAll(Trial trial) throws Exception {
        return objective.evaluate(trial);
      }
    };
  }
}
