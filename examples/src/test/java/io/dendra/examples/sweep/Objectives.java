package io.dendra.examples.sweep;

import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;

/** Objectives as users write them. */
public final class Objectives {
  private Objectives() {}

  /** Reports three times on its way; takes a few milliseconds. */
  public static final class Parabola implements Objective {
    @Override
    public double evaluate(Trial trial) throws InterruptedException {
      double x = trial.suggestFloat("x", -5, 5);
      for (int step = 0; step < 3; step++) {
        trial.report(step, x * x + 2 - step);
        if (trial.shouldPrune()) {
          throw new TrialPrunedException();
        }
        Thread.sleep(2);
      }
      return x * x;
    }
  }

  /** Somebody changed the kind of its parameter in mid-study. */
  public static final class Edited implements Objective {
    static volatile boolean edited;

    @Override
    public double evaluate(Trial trial) {
      return edited ? trial.suggestInt("x", -5, 5) : trial.suggestFloat("x", -5, 5);
    }
  }

  /** Has two values. */
  public static final class Both implements Objective {
    @Override
    public double evaluate(Trial trial) {
      throw new IllegalStateException("this objective has two values");
    }

    @Override
    public double[] evaluateAll(Trial trial) {
      double x = trial.suggestFloat("x", 0, 1);
      return new double[] {x, 1 - x};
    }
  }

  /** Takes long enough to be interrupted. */
  public static final class Slow implements Objective {
    @Override
    public double evaluate(Trial trial) throws InterruptedException {
      double x = trial.suggestFloat("x", -5, 5);
      Thread.sleep(100);
      return x * x;
    }
  }

  /** Notes the number of its process. */
  public static final class WhereItRuns implements Objective {
    @Override
    public double evaluate(Trial trial) {
      trial.attribute("process", ProcessHandle.current().pid());
      return trial.suggestFloat("x", -5, 5);
    }
  }
}
