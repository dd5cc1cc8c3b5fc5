package io.dendra.training.parallel;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Layer;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import java.util.Arrays;
import java.util.List;

/** Points around three centres, and a network that tells them apart. */
final class Clusters {
  static final String[] DEVICES = {"reference", "reference:1", "reference:2", "reference:3"};
  private static final int CLASSES = 3;

  private Clusters() {}

  static String[] devices(int n) {
    return Arrays.copyOf(DEVICES, n);
  }

  static Dataset points(int n) {
    RandomStream random = new RandomStream(RandomKey.of(1));
    float[] x = new float[n * 4];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = i % CLASSES;
      for (int j = 0; j < 4; j++) {
        x[i * 4 + j] = (float) ((j == y[i] ? 1 : 0) + 0.25 * random.nextGaussian());
      }
    }
    return Dataset.of(NDArray.of(x, n, 2, 2), NDArray.of(y));
  }

  /** Not placed on any device yet. */
  static Model classifier(Layer... hidden) {
    List<Layer> layers = new java.util.ArrayList<>(List.of(new Flatten()));
    layers.addAll(List.of(hidden));
    layers.add(new Dense(CLASSES, "softmax"));
    Model model = Sequential.of(layers).seed(3);
    return model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
  }

  static Model dense() {
    return classifier(new Dense(16, "relu")).to(Device.of("reference"));
  }

  static List<NDArray> weights(Model model) {
    return model.parameters().stream().map(p -> p.value().toNDArray()).toList();
  }
}
