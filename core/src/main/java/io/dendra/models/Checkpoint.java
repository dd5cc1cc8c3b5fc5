package io.dendra.models;

import io.dendra.serialization.ModelFile;
import io.dendra.serialization.ModelFileException;
import io.dendra.serialization.Settings;
import io.dendra.tensor.NDArray;
import io.dendra.training.CompileOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model in a file together with its training. */
final class Checkpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final String EPOCHS = "epochs";
  private static final String COMPILED = "compiled";

  private Checkpoint() {}

  static void write(Path file, Model model) {
    Map<String, Object> training = new LinkedHashMap<>();
    training.put(EPOCHS, model.epochsTrained());
    Map<String, NDArray> optimizer = Map.of();
    if (model.isCompiled()) {
      try {
        training.put(COMPILED, model.objective().describe());
        optimizer = model.objective().optimizer().state();
      } catch (IllegalArgumentException e) {
        LOG.warn("{} is saved without its training: {}", file, e.getMessage());
      }
    }
    ModelFile.write(file, model, training, optimizer);
  }

  static Model read(Path file) {
    ModelFile.Contents contents = ModelFile.read(file);
    Model model = contents.model();
    try {
      Settings training = new Settings("the training", contents.training());
      if (training.has(EPOCHS)) {
        model.finishedEpoch(training.getInt(EPOCHS));
      }
      if (training.get(COMPILED) instanceof Map<?, ?> compiled) {
        Map<String, Object> settings = new LinkedHashMap<>();
        compiled.forEach((key, value) -> settings.put(String.valueOf(key), value));
        model.compile(o -> CompileOptions.from(new Settings("compile", settings)));
        model.objective().optimizer().load(contents.optimizerState(), model.parameters());
      }
      return model;
    } catch (RuntimeException e) {
      // Losses, metrics and optimizers, also those of users, are made from whatever the file has.
      model.close();
      throw new ModelFileException(file + ": its training cannot go on: " + e.getMessage(), e);
    }
  }
}
