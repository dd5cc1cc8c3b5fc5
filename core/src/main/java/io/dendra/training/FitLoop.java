package io.dendra.training;

import io.dendra.data.Dataset;
import io.dendra.random.RandomKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The epochs of one call of {@code fit}, and what its callbacks see. */
final class FitLoop {
  private final Trainer trainer;
  private final TrainingRun run;
  private final FitOptions options;
  private final Dataset train;
  private final Dataset validation;
  private final RandomKey key;
  private final List<Callback> callbacks;
  private final History history = new History();

  FitLoop(
      Trainer trainer,
      TrainingRun run,
      FitOptions options,
      Dataset train,
      Dataset validation,
      RandomKey key) {
    this.trainer = trainer;
    this.run = run;
    this.options = options;
    this.train = train;
    this.validation = validation;
    this.key = key;
    this.callbacks = options.callbacks();
  }

  History run() {
    boolean failed = false;
    try {
      callbacks.forEach(callback -> callback.onTrainBegin(run));
      for (int epoch = options.initialEpoch();
          epoch < options.epochs() && run.stopReason() == null;
          epoch++) {
        runEpoch(epoch);
      }
    } catch (RuntimeException | Error e) {
      failed = true;
      throw e;
    } finally {
      callbacks.forEach(callback -> callback.onTrainEnd(run));
      if (failed) {
        // Nobody will read the sums of the epoch that was not finished.
        trainer.reset();
      }
    }
    history.stopped(run.stopReason());
    return history;
  }

  private void runEpoch(int epoch) {
    long start = System.nanoTime();
    callbacks.forEach(callback -> callback.onEpochBegin(run, epoch));
    double wait = trainer.trainEpoch(train, epoch, key, options.stepsPerEpoch(), run, this);
    Map<String, Double> logs = new LinkedHashMap<>(trainer.trainLogs());
    if (validation != null) {
      logs.putAll(trainer.validate(validation, options.batchSize()));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    history.addEpoch(logs, seconds, wait);
    trainer.model().finishedEpoch(epoch + 1);
    Trainer.log(epoch, options.epochs(), logs, seconds, wait);
    callbacks.forEach(callback -> callback.onEpochEnd(run, epoch, logs));
  }

  void batchDone(int batch, double loss) {
    history.addBatchLoss(loss);
    for (Callback callback : callbacks) {
      callback.onBatchEnd(run, batch, loss);
    }
  }
}
