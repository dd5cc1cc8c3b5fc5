package io.dendra.sweep.training;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.training.Trainer;
import java.util.function.Supplier;

/**
 * Trains the network of a trial with all that a sweep can do for it: the model is seeded from the
 * trial, reports each epoch and may be pruned, is saved after each epoch and goes on from there
 * when the trial is run again (with the number of epochs that it found done in the user attribute
 * {@code resumed_after_epoch}), notes where the result comes from, and is closed at the end.
 *
 * <pre>{@code
 * study.optimize(
 *     trial -> {
 *       int units = trial.suggestInt("units", 32, 512, Scale.LOG);
 *       double rate = trial.suggestFloat("learning_rate", 1e-4, 1e-1, Scale.LOG);
 *       return new TrialTraining(trial, "val_accuracy")
 *           .fit(
 *               () -> Sequential.of(
 *                       new Flatten(), new Dense(units, "relu"), new Dense(10, "softmax"))
 *                   .compile(o -> o.optimizer(new Adam(rate))
 *                       .loss("sparse_categorical_crossentropy").metrics("accuracy")),
 *               mnist.train(),
 *               o -> o.epochs(10).batchSize(128).validation(mnist.test()));
 *     },
 *     o -> o.trials(50));
 * }</pre>
 *
 * <p>Its parts serve alone, too: {@link PruningCallback}, {@link TrialCheckpoint}, {@link
 * TrialProvenance}, {@link Trial#seed}.
 */
public final class TrialTraining {
  /** The user attribute with the number of epochs that the last run found done. */
  static final String RESUMED = "resumed_after_epoch";

  private final Trial trial;
  private final String metric;
  private int interval = 1;
  private boolean keeps;
  private String modelFile;

  /**
   * For a trial.
   *
   * @param metric what is reported and becomes the trial's value, such as {@code val_accuracy}
   */
  public TrialTraining(Trial trial, String metric) {
    this.trial = trial;
    this.metric = metric;
  }

  /** Saves the model after each so many epochs; 1 by default, 0 for never. */
  public TrialTraining checkpointEvery(int epochs) {
    this.interval = epochs;
    return this;
  }

  /** Leaves the model of the last epoch in the trial's folder when the trial is done. */
  public TrialTraining keepCheckpoint() {
    this.keeps = true;
    return this;
  }

  /** Saves the model of the last epoch in a file of the trial's folder when the trial is done. */
  public TrialTraining saveModel(String fileName) {
    this.modelFile = fileName;
    return this;
  }

  /**
   * Trains.
   *
   * @param model makes and compiles it; not called when the trial goes on from a checkpoint
   * @param options as for {@code model.fit}; callbacks and the first epoch are added
   * @return the metric of the last epoch
   * @throws TrialPrunedException when the study's pruner ends it
   * @throws IllegalArgumentException when training gives no such metric, with those that it gives
   */
  public double fit(
      Supplier<? extends Model> model, Dataset data, Trainer.FitConfiguration options) {
    TrialProvenance.note(trial, data);
    TrialCheckpoint checkpoint =
        new TrialCheckpoint(trial).every(interval).data(DataHash.of(data).orElse(null));
    try (Model trained = checkpoint.resumeOr(() -> model.get().seed(trial.seed()))) {
      if (checkpoint.epoch() > 0 && checkpoint.epoch() < Integer.MAX_VALUE) {
        trial.attribute(RESUMED, checkpoint.epoch());
      }
      trained.fit(
          data,
          o ->
              options
                  .configure(o)
                  .initialEpoch(checkpoint.epoch())
                  .callbacks(new PruningCallback(trial, metric), checkpoint));
      if (modelFile != null) {
        trained.save(trial.directory().resolve(modelFile));
      }
      finish(checkpoint);
      return PruningCallback.value(metric, checkpoint.logs());
    } catch (TrialPrunedException e) {
      finish(checkpoint);
      throw e;
    }
  }

  private void finish(TrialCheckpoint checkpoint) {
    if (!keeps) {
      checkpoint.delete();
    }
  }
}
