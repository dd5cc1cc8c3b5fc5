package io.dendra.sweep.pbt;

import io.dendra.models.Model;
import io.dendra.sweep.Trial;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One member of the population in one generation.
 *
 * @param trial of the study; gives the member's parameters
 * @param number of the generation, from 0
 * @param member its place in the population, from 0
 * @param epochs how many epochs each generation trains
 * @param start the checkpoint to go on from; none in the first generation
 * @param checkpoint where to save; a file or a folder that is not there yet
 */
public record Generation(
    Trial trial, int number, int member, int epochs, Optional<Path> start, Path checkpoint) {
  /** The first epoch to train: {@code initialEpoch} of fit. */
  public int firstEpoch() {
    return number * epochs;
  }

  /** The epoch to stop before: {@code epochs} of fit. */
  public int lastEpoch() {
    return firstEpoch() + epochs;
  }

  /**
   * The model to go on with: that of the checkpoint, or else a new one. It is seeded by the trial,
   * and the caller closes it. Parameters of this generation, such as the learning rate, are for the
   * caller to set.
   *
   * @param fresh makes and compiles a model
   */
  public Model model(Supplier<? extends Model> fresh) {
    Model model = start.isPresent() ? Model.load(start.get()) : fresh.get();
    return model.seed(trial.seed());
  }

  /** Saves the model for those who go on from it. */
  public void save(Model model) {
    model.save(checkpoint);
  }
}
