package io.dendra.examples.mnist;

import io.dendra.data.Dataset;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.InterruptOnExit;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Terminal;
import io.dendra.models.Model;
import io.dendra.nn.losses.Loss;
import io.dendra.nn.losses.Losses;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.training.Callback;
import io.dendra.training.Evaluation;
import io.dendra.training.History;
import io.dendra.training.TrainingInterruptedException;
import io.dendra.training.callbacks.ProgressBar;
import io.dendra.training.callbacks.TerminateOnNaN;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Trains a compiled model on pictures and measures it. */
final class Training {
  private final Model model;
  private final PictureData data;
  private final TrainingOptions options;
  private final Terminal terminal;
  private final Optional<OutputFile> checkpoint;

  Training(
      Model model,
      PictureData data,
      TrainingOptions options,
      Terminal terminal,
      Optional<OutputFile> checkpoint) {
    this.model = model;
    this.data = data;
    this.options = options;
    this.terminal = terminal;
    this.checkpoint = checkpoint;
  }

  /**
   * What came of it.
   *
   * @param firstEpoch the number of the first epoch, from 0; more for a training that went on
   * @param trainSeconds of the steps of each epoch, without validation
   * @param test the loss and the accuracy on the test pictures
   */
  record Outcome(History history, int firstEpoch, List<Double> trainSeconds, Evaluation test) {
    /** Whether the loss ended as a number. */
    boolean isSound() {
      List<Double> losses = history.batchLosses();
      return losses.isEmpty() || Double.isFinite(losses.get(losses.size() - 1));
    }

    double totalTrainSeconds() {
      return trainSeconds.stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  Outcome run() {
    EpochClock clock = new EpochClock();
    List<Callback> callbacks = new ArrayList<>();
    callbacks.add(clock);
    callbacks.add(new TerminateOnNaN());
    callbacks.add(new ProgressBar(terminal.out(), terminal.live()));
    checkpoint.ifPresent(file -> callbacks.add(new BestCheckpoint(file.path())));
    Dataset test = targets(data.set().test());
    int firstEpoch = model.epochsTrained();
    try (InterruptOnExit guard = new InterruptOnExit()) {
      History history =
          model.fit(
              targets(train()),
              o -> {
                o.epochs(options.epochs())
                    .initialEpoch(firstEpoch)
                    .batchSize(options.batchSize)
                    .validation(test)
                    .callbacks(callbacks.toArray(Callback[]::new));
                List<Device> devices = options.devices();
                return devices.isEmpty() ? o : o.devices(devices.toArray(Device[]::new));
              });
      return new Outcome(
          history, firstEpoch, clock.seconds(), model.evaluate(test, options.batchSize));
    } catch (TrainingInterruptedException e) {
      throw new Failure(e.getMessage() + kept(firstEpoch + clock.seconds().size()), e);
    }
  }

  private String kept(int epochs) {
    return checkpoint.isPresent() && epochs > 0
        ? "; the best checkpoint is in " + checkpoint.get().path()
        : "; nothing was saved";
  }

  private Dataset train() {
    Dataset train = data.set().train();
    return options.augment
        ? train.map(RandomKey.of(model.seed()).fold("augment"), options.pictures().augmentation())
        : train;
  }

  /** Class numbers as they are for a sparse loss, else 0 and 1 for each class. */
  private Dataset targets(Dataset pictures) {
    Loss loss = model.objective().losses().get(0);
    String name = Losses.REGISTRY.name(loss);
    return name != null && name.startsWith("sparse_")
        ? pictures
        : PictureData.oneHot(pictures, data.set().classNames().size());
  }
}
