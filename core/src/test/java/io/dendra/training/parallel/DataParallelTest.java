package io.dendra.training.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.training.History;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataParallelTest {
  static final String[] NAMES = {"reference", "reference:1", "reference:2", "reference:3"};

  static Dataset points(int n, long seed) {
    RandomStream random = new RandomStream(RandomKey.of(seed));
    float[] x = new float[n * 4];
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = i % 3;
      for (int j = 0; j < 4; j++) {
        x[i * 4 + j] = (float) ((j == y[i] ? 1 : 0) + 0.25 * random.nextGaussian());
      }
    }
    return Dataset.of(NDArray.of(x, n, 2, 2), NDArray.of(y));
  }

  static Model classifier() {
    Model model = Sequential.of(new Flatten(), new Dense(16, "relu"), new Dense(3, "softmax"));
    model.seed(3).to(Device.of("reference"));
    return model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void equalsOneDevice(int n) {
    String[] names = java.util.Arrays.copyOf(NAMES, n);
    try (Model one = classifier();
        Model many = classifier()) {
      History a = one.fit(points(100, 1), o -> o.epochs(3).batchSize(16));
      History b = many.fit(points(100, 1), o -> o.epochs(3).batchSize(16).devices(names));
      for (int i = 0; i < a.batchLosses().size(); i++) {
        assertThat(b.batchLosses().get(i)).isCloseTo(a.batchLosses().get(i), within(1e-5));
      }
      assertThat(b.get("accuracy")).isEqualTo(a.get("accuracy"));
      for (int i = 0; i < one.parameters().size(); i++) {
        Parameter p = many.parameters().get(i);
        assertThat(p.value().device()).hasToString("reference");
        double[] x = one.parameters().get(i).value().toNDArray().doubles();
        assertThat(p.value().toNDArray().doubles()).containsExactly(x, within(1e-4));
      }
    }
  }
}
