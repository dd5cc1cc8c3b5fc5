package io.dendra.examples.sweep;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.nn.optimizers.Optimizer;
import io.dendra.nn.optimizers.Optimizers;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Trial;
import io.dendra.sweep.report.PruningSavings;
import io.dendra.sweep.training.PruningCallback;
import io.dendra.sweep.training.TrialProvenance;
import io.dendra.training.History;
import io.dendra.training.callbacks.TerminateOnNaN;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The accuracy of a network for digits on pictures held out of its training; test pictures are not
 * looked at, so that the number they give for the best trial is an honest one.
 */
final class DigitObjective implements Objective {
  /** The model of a complete trial, in its folder. */
  static final String MODEL_FILE = "model.dendra";

  private static final int SIDE = 28;

  private final DigitNetwork network;
  private final Dataset train;
  private final Dataset validation;
  private final int epochs;
  private final String dataHash;

  DigitObjective(
      DigitNetwork network, Dataset train, Dataset validation, int epochs, String dataHash) {
    this.network = network;
    this.train = train;
    this.validation = validation;
    this.epochs = epochs;
    this.dataHash = dataHash;
  }

  static Set<String> parameterNames(DigitNetwork network) {
    Set<String> names = new TreeSet<>(network.parameterNames());
    names.addAll(Set.of("optimizer", "learning_rate", "batch_size"));
    return names;
  }

  @Override
  public double evaluate(Trial trial) {
    TrialProvenance.note(trial);
    trial.attribute("data_sha256", dataHash);
    trial.attribute(PruningSavings.PLANNED, epochs);
    try (Model model = network.build(trial)) {
      Optimizer optimizer = optimizer(trial);
      int batchSize = trial.suggestCategorical("batch_size", 64, 128, 256);
      model.seed(trial.seed());
      model.to(trial.device());
      model.build(1, SIDE, SIDE);
      model.compile(
          o -> o.optimizer(optimizer).loss("sparse_categorical_crossentropy").metrics("accuracy"));
      History history =
          model.fit(
              train,
              o ->
                  o.epochs(epochs)
                      .batchSize(batchSize)
                      .validation(validation)
                      .callbacks(new TerminateOnNaN(), new PruningCallback(trial, "val_accuracy")));
      if (history.epochs() < epochs) {
        throw new ArithmeticException(history.stopReason());
      }
      model.save(file(trial.directory()));
      return history.last("val_accuracy");
    }
  }

  static Path file(Path directory) {
    return directory.resolve(MODEL_FILE);
  }

  private static Optimizer optimizer(Trial trial) {
    Map<String, Object> settings = new LinkedHashMap<>();
    String name = trial.suggestCategorical("optimizer", "adam", "rmsprop", "sgd");
    settings.put("name", name);
    settings.put("learning_rate", trial.suggestFloat("learning_rate", 2e-4, 2e-2, Scale.LOG));
    if (name.equals("sgd")) {
      settings.put("momentum", 0.9);
    }
    return Optimizers.REGISTRY.of((Object) settings);
  }
}
