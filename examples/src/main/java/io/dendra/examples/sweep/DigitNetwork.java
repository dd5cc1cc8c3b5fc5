package io.dendra.examples.sweep;

import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.activations.Activation;
import io.dendra.nn.activations.Activations;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Reshape;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The networks that sweeps search over; each takes {@code [batch, 28, 28]} to ten probabilities.
 */
enum DigitNetwork {
  /** One to three hidden layers of the same width. */
  MLP {
    @Override
    Set<String> ownParameters() {
      return Set.of("layers", "units");
    }

    @Override
    Supplier<Model> suggest(Trial trial) {
      int layers = trial.suggestInt("layers", 1, 3);
      int units = trial.suggestInt("units", 128, 512, Scale.LOG);
      Activation activation = activation(trial);
      double dropout = trial.suggestFloat("dropout", 0, 0.5);
      return () -> {
        List<Layer> all = new ArrayList<>();
        all.add(new Flatten());
        for (int i = 0; i < layers; i++) {
          all.add(new Dense(units).activation(activation));
          all.add(new Dropout(dropout));
        }
        return ended(all);
      };
    }
  },

  /** One or two convolutions, each halved by pooling, and a hidden layer. */
  CNN {
    @Override
    Set<String> ownParameters() {
      return Set.of("layers", "filters", "kernel", "units");
    }

    @Override
    Supplier<Model> suggest(Trial trial) {
      int layers = trial.suggestInt("layers", 1, 2);
      int filters = trial.suggestInt("filters", 8, 32, Scale.LOG);
      int kernel = trial.suggestCategorical("kernel", 3, 5);
      int units = trial.suggestInt("units", 32, 256, Scale.LOG);
      Activation activation = activation(trial);
      double dropout = trial.suggestFloat("dropout", 0, 0.5);
      return () -> {
        List<Layer> all = new ArrayList<>();
        all.add(new Reshape(SIDE, SIDE, 1));
        for (int i = 0; i < layers; i++) {
          all.add(new Conv2D(filters << i, kernel).padding("same").activation(activation));
          all.add(new MaxPooling2D(2));
        }
        all.add(new Flatten());
        all.add(new Dense(units).activation(activation));
        all.add(new Dropout(dropout));
        return ended(all);
      };
    }
  };

  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  abstract Set<String> ownParameters();

  /** Draws widths, depths and activations; what is returned makes a network of them. */
  abstract Supplier<Model> suggest(Trial trial);

  /** The names of the parameters of {@link #suggest}. */
  Set<String> parameterNames() {
    Set<String> names = new TreeSet<>(ownParameters());
    names.add("activation");
    names.add("dropout");
    return names;
  }

  private static Activation activation(Trial trial) {
    return Activations.of(trial.suggestCategorical("activation", "relu", "gelu", "tanh"));
  }

  private static Model ended(List<Layer> layers) {
    layers.add(new Dense(CLASSES, "softmax"));
    return Sequential.of(layers.toArray(Layer[]::new));
  }
}
