package io.dendra.sweep.execution;

import io.dendra.backend.Backends;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.tensor.TensorScope;
import java.util.concurrent.atomic.AtomicReference;

/** Runs an objective on this thread as a trial expects: its device is the default, in a scope. */
final class ObjectiveRun {
  private ObjectiveRun() {}

  /** The objective's values, or whatever it throws. */
  static double[] evaluate(Objective objective, Trial trial) throws Exception {
    AtomicReference<double[]> values = new AtomicReference<>();
    AtomicReference<Exception> thrown = new AtomicReference<>();
    Backends.use(
        trial.device(),
        () -> {
          try (TensorScope scope = TensorScope.open("trial " + trial.number())) {
            values.set(objective.evaluateAll(trial));
          } catch (Exception e) {
            thrown.set(e);
          }
        });
    if (thrown.get() != null) {
      throw thrown.get();
    }
    return values.get();
  }
}
