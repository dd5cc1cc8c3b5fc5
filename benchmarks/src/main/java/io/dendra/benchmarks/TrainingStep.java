package io.dendra.benchmarks;

import io.dendra.data.Batch;
import io.dendra.random.RandomKey;
import io.dendra.training.Trainer;

/** One step of training after the other, on the same batch. */
final class TrainingStep {
  private final Trainer trainer;
  private final Batch batch;
  private final RandomKey key = RandomKey.of(0);
  private long steps;

  TrainingStep(Network network) {
    this.trainer = new Trainer(network.model());
    this.batch = network.batch();
  }

  /** Runs a step and gives the loss before its update. */
  double run() {
    return trainer.trainOnBatch(batch, key.fold(steps++));
  }
}
