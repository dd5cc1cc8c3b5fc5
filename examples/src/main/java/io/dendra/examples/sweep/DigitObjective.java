package io.dendra.examples.sweep;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.nn.optimizers.Optimizers;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Trial;
import io.dendra.sweep.report.PruningSavings;
import io.dendra.sweep.training.TrialTraining;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The accuracy of a network for digits on pictures held out of its training; test pictures are not
 * looked at, so that the number they give for the best trial is an honest one.
 */
public final class DigitObjective implements Objective {
  /** The model of a complete trial, in its folder. */
  static final String MODEL_FILE = "model.dendra";

  private final DigitNetwork network;
  private final Dataset train;
  private final Dataset validation;
  private final int epochs;

  /** That of a process begun by {@link DigitTask#processes}. */
  public DigitObjective() {
    this(DigitProcess.objective());
  }

  private DigitObjective(DigitObjective other) {
    this.network = other.network;
    this.train = other.train;
    this.validation = other.validation;
    this.epochs = other.epochs;
  }

  DigitObjective(DigitNetwork network, Dataset.Split pictures, int epochs) {
    this.network = network;
    this.train = pictures.train();
    this.validation = pictures.validation();
    this.epochs = epochs;
  }

  static Set<String> parameterNames(DigitNetwork network) {
    Set<String> names = new TreeSet<>(network.parameterNames());
    names.addAll(Set.of("optimizer", "learning_rate", "batch_size"));
    return names;
  }

  @Override
  public double evaluate(Trial trial) {
    trial.attribute(PruningSavings.PLANNED, epochs);
    Supplier<Model> model = network.suggest(trial);
    Map<String, Object> optimizer = optimizer(trial);
    int batchSize = trial.suggestCategorical("batch_size", 64, 128, 256);
    return new TrialTraining(trial, "val_accuracy")
        .saveModel(MODEL_FILE)
        .fit(
            () ->
                model
                    .get()
                    .compile(
                        o ->
                            o.optimizer(Optimizers.REGISTRY.of((Object) optimizer))
                                .loss("sparse_categorical_crossentropy")
                                .metrics("accuracy")),
            train,
            o ->
                o.epochs(epochs)
                    .batchSize(batchSize)
                    .validation(validation)
                    .callbacks(new FailOnNaN()));
  }

  static Path file(Path directory) {
    return directory.resolve(MODEL_FILE);
  }

  private static Map<String, Object> optimizer(Trial trial) {
    Map<String, Object> settings = new LinkedHashMap<>();
    String name = trial.suggestCategorical("optimizer", "adam", "rmsprop", "sgd");
    settings.put("name", name);
    settings.put("learning_rate", trial.suggestFloat("learning_rate", 2e-4, 2e-2, Scale.LOG));
    if (name.equals("sgd")) {
      settings.put("momentum", 0.9);
    }
    return settings;
  }

  /** A network that has lost its numbers has failed, rather than reached some accuracy. */
  private static final class FailOnNaN implements Callback {
    @Override
    public void onBatchEnd(TrainingRun run, int batch, double loss) {
      if (!Double.isFinite(loss)) {
        throw new ArithmeticException("the loss became " + loss + " in batch " + (batch + 1));
      }
    }
  }
}
