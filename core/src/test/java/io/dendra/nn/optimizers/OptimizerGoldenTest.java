package io.dendra.nn.optimizers;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.nn.Golden;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One step and ten, with every option, against those of Keras. */
class OptimizerGoldenTest {
  private static final Golden GOLDEN = Golden.of(OptimizerGoldenTest.class, "optimizers.txt");
  private static final int STEPS = 10;

  private static final Map<String, Supplier<Optimizer>> OPTIMIZERS =
      new TreeMap<>(
          Map.ofEntries(
              entry("sgd", SGD::new),
              entry("sgd_momentum", () -> new SGD(0.05).momentum(0.9)),
              entry("sgd_nesterov", () -> new SGD(0.05).momentum(0.9).nesterov(true)),
              entry("sgd_decay", () -> new SGD(0.05).momentum(0.5).weightDecay(0.1)),
              entry("sgd_clip_value", () -> new SGD(0.05).clipValue(0.4)),
              entry("sgd_clip_norm", () -> new SGD(0.05).clipNorm(0.8)),
              entry("sgd_global_clip_norm", () -> new SGD(0.05).globalClipNorm(1.1)),
              entry("sgd_exponential_decay", () -> new SGD(new ExponentialDecay(0.1, 3, 0.7))),
              entry("sgd_staircase", () -> new SGD(new ExponentialDecay(0.1, 3, 0.7, true))),
              entry("sgd_cosine_decay", () -> new SGD(new CosineDecay(0.1, 8, 0.1, 0.1, 0))),
              entry("sgd_warm_up", () -> new SGD(new CosineDecay(0.01, 5, 0, 0.2, 4))),
              entry("rmsprop", RMSprop::new),
              entry("rmsprop_momentum", () -> new RMSprop(0.01).rho(0.8).momentum(0.9)),
              entry("rmsprop_centered", () -> new RMSprop(0.01).centered(true).epsilon(1e-3)),
              entry(
                  "rmsprop_all",
                  () ->
                      new RMSprop(0.01)
                          .rho(0.8)
                          .momentum(0.5)
                          .centered(true)
                          .weightDecay(0.1)
                          .globalClipNorm(1.1)),
              entry("adam", Adam::new),
              entry("adam_betas", () -> new Adam(0.02).beta1(0.8).beta2(0.9).epsilon(1e-3)),
              entry("adam_amsgrad", () -> new Adam(0.02).beta2(0.6).amsgrad(true)),
              entry("adam_decay", () -> new Adam(0.02).weightDecay(0.1)),
              entry("adam_clip_norm", () -> new Adam(0.02).clipNorm(0.8)),
              entry("adam_global_clip_norm", () -> new Adam(0.02).globalClipNorm(1.1)),
              entry("adamw", () -> new AdamW(0.02)),
              entry("adamw_amsgrad", () -> new AdamW(0.02).amsgrad(true).weightDecay(0.2))));

  static Stream<String> names() {
    return OPTIMIZERS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void stepsAreThoseOfKeras(String name) {
    try (Optimizer optimizer = OPTIMIZERS.get(name).get();
        Weights weights = new Weights(start(0, 3), start(1, 2, 2))) {
      for (int step = 0; step < STEPS; step++) {
        try (TensorScope scope = TensorScope.open()) {
          optimizer.apply(weights.all(), gradients(weights.all(), step));
        }
        if (step == 0 || step == STEPS - 1) {
          check(name + "." + (step + 1), weights.all());
        }
      }
    }
  }

  private static NDArray start(int index, long... shape) {
    return NDArray.of(GOLDEN.get("start." + index), shape);
  }

  private static List<Tensor> gradients(List<Parameter> weights, int step) {
    List<Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Tensor draw = Tensor.of(GOLDEN.get("draw." + step + "." + i), weights.get(i).shape().dims());
      gradients.add(draw.add(weights.get(i).value().detach().mul(0.5)));
    }
    return gradients;
  }

  private static void check(String name, List<Parameter> weights) {
    for (int i = 0; i < weights.size(); i++) {
      double[] expected = GOLDEN.get(name + "." + i);
      double[] actual = weights.get(i).value().toNDArray().doubles();
      assertThat(actual).as(name).containsExactly(expected, within(2e-6));
    }
  }
}
