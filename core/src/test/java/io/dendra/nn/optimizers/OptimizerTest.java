package io.dendra.nn.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.Backends;
import io.dendra.nn.OwnDevice;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static final Device REFERENCE = Device.of("reference");

  private static List<Optimizer> all() {
    return List.of(
        new SGD(),
        new SGD(0.1).momentum(0.9).nesterov(true).clipValue(0.5),
        new RMSprop().momentum(0.8).centered(true).clipNorm(1),
        new Adam().amsgrad(true).beta1(0.8).beta2(0.99).epsilon(1e-6).globalClipNorm(2),
        new Adam(new ExponentialDecay(0.1, 5, 0.5)),
        new AdamW(new CosineDecay(0.1, 20)).excludeFromWeightDecay("w1", "bias"));
  }

  /** The gradient of half the sum of squares is the weight itself. */
  private static void descend(Optimizer optimizer, List<Parameter> parameters, int steps) {
    for (int i = 0; i < steps; i++) {
      try (TensorScope scope = TensorScope.open()) {
        List<Tensor> gradients = new ArrayList<>();
        parameters.forEach(p -> gradients.add(p.value().detach().contiguous().mul(1)));
        optimizer.apply(parameters, gradients);
      }
    }
  }

  @Test
  void everyOptimizerMakesWeightsSmallerAndCountsItsSteps() {
    for (Optimizer optimizer : all()) {
      try (Weights weights = Weights.two();
          optimizer) {
        double before = norm(weights);
        descend(optimizer, weights.all(), 20);
        assertThat(norm(weights)).as(optimizer.settings().toString()).isLessThan(before);
        assertThat(optimizer.iterations()).isEqualTo(20);
      }
    }
  }

  private static double norm(Weights weights) {
    double sum = 0;
    for (Parameter parameter : weights.all()) {
      for (double x : parameter.value().toNDArray().doubles()) {
        sum += x * x;
      }
    }
    return sum;
  }

  @Test
  void settingsMakeTheSameOptimizerAgain() {
    for (Optimizer optimizer : all()) {
      Object description = Optimizers.REGISTRY.describe(optimizer);
      Optimizer again = Optimizers.REGISTRY.of(description);
      assertThat(again).hasSameClassAs(optimizer);
      assertThat(again.settings()).isEqualTo(optimizer.settings());
      assertThat(Optimizers.REGISTRY.describe(again)).isEqualTo(description);
    }
  }

  @Test
  void tenStepsAreFiveAndFiveAfterSavingAndLoading() {
    for (Optimizer straight : all()) {
      Optimizer first = Optimizers.REGISTRY.of(Optimizers.REGISTRY.describe(straight));
      Optimizer second = Optimizers.REGISTRY.of(Optimizers.REGISTRY.describe(straight));
      try (Weights whole = Weights.two();
          Weights halves = Weights.two();
          straight;
          first;
          second) {
        descend(straight, whole.all(), 10);
        descend(first, halves.all(), 5);
        second.load(first.state(), halves.all());
        descend(second, halves.all(), 5);
        for (int i = 0; i < 2; i++) {
          assertThat(halves.all().get(i).value().toNDArray())
              .as(straight.settings().toString())
              .isEqualTo(whole.all().get(i).value().toNDArray());
        }
        assertThat(second.state()).isEqualTo(straight.state());
      }
    }
  }

  @Test
  void aChangedLearningRateIsPartOfTheState() {
    try (Optimizer optimizer = new SGD();
        Optimizer later = new SGD()) {
      optimizer.setLearningRate(0.5);
      later.load(optimizer.state(), List.of());
      assertThat(later.learningRate()).isEqualTo(0.5);
    }
  }

  @Test
  void slotsAreNamedByThePathOfTheirParameter() {
    try (Weights weights = Weights.two();
        Optimizer adam = new Adam()) {
      descend(adam, weights.all(), 1);
      assertThat(adam.state().keySet())
          .containsExactly(
              "iterations",
              "learning_rate",
              "layer/w0/momentum",
              "layer/w0/velocity",
              "layer/w1/momentum",
              "layer/w1/velocity");
    }
  }

  @Test
  void aStateThatDoesNotFitIsRefusedAndChangesNothing() {
    try (Weights weights = Weights.two();
        Weights one = new Weights(NDArray.of(new float[] {1, 2, 3}));
        Weights longer = new Weights(NDArray.of(new float[4]));
        Optimizer adam = new Adam();
        Optimizer rmsprop = new RMSprop();
        Optimizer sgd = new SGD().momentum(0.9)) {
      descend(adam, weights.all(), 1);
      descend(sgd, weights.all(), 3);
      Map<String, NDArray> state = adam.state();
      Map<String, NDArray> before = sgd.state();
      assertThatThrownBy(() -> sgd.load(state, weights.all()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'layer/w0/velocity'")
          .hasMessageContaining("no place");
      assertThat(sgd.state()).isEqualTo(before);
      assertThatThrownBy(() -> rmsprop.load(state, weights.all()))
          .hasMessageContaining("layer/w0/momentum");
      assertThatThrownBy(() -> adam.load(state, one.all()))
          .hasMessageContaining("'layer/w1/momentum'");
      Map<String, NDArray> half = new LinkedHashMap<>(state);
      half.remove("layer/w0/velocity");
      assertThatThrownBy(() -> adam.load(half, weights.all()))
          .hasMessageContaining("layer/w0 has momentum, this optimizer needs momentum, velocity");
      half.remove("layer/w0/momentum");
      half.remove("layer/w1/momentum");
      half.remove("layer/w1/velocity");
      half.put("layer/w0/momentum", state.get("layer/w0/momentum"));
      half.put("layer/w0/velocity", state.get("layer/w0/velocity"));
      assertThatThrownBy(() -> adam.load(half, longer.all()))
          .hasMessageContaining("has shape [3], the parameter has [4]");
      assertThatThrownBy(() -> adam.load(Map.of(), weights.all()))
          .hasMessageContaining("'iterations' is missing");
      try (Weights empty = Weights.empty(Shape.of(3))) {
        assertThatThrownBy(() -> adam.load(half, empty.all()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("layer/w0 has no values yet");
      }
    }
  }

  @Test
  void closingGivesTheMemoryOfTheSlotsBack() {
    Device device = OwnDevice.of("slots");
    Backends.use(
        device,
        () -> {
          try (Weights weights = Weights.two()) {
            long before = OwnDevice.live(device);
            for (Optimizer optimizer : all()) {
              descend(optimizer, weights.all(), 2);
              long kept = OwnDevice.live(device) - before;
              assertThat(kept > 0).isEqualTo(!optimizer.slotNames().isEmpty());
              descend(optimizer, weights.all(), 20);
              assertThat(OwnDevice.live(device) - before).isEqualTo(kept);
              optimizer.close();
              assertThat(OwnDevice.live(device)).isEqualTo(before);
              assertThat(optimizer.iterations()).isZero();
            }
          }
        });
  }

  @Test
  void aParameterWithoutAGradientStaysAsItIs() {
    try (Weights weights = Weights.two();
        Optimizer adamW = new AdamW(0.1)) {
      NDArray before = weights.all().get(0).value().toNDArray();
      List<Tensor> gradients = new ArrayList<>();
      gradients.add(null);
      gradients.add(Tensor.ones(2, 2));
      adamW.apply(weights.all(), gradients);
      assertThat(weights.all().get(0).value().toNDArray()).isEqualTo(before);
      assertThat(weights.all().get(1).value().toNDArray().doubleAt(0)).isLessThan(0.5);
    }
  }

  @Test
  void gradientsOfAnyMemoryOrderAndBroadcastGiveTheSame() {
    NDArray start = NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    for (Optimizer optimizer : all()) {
      try (TensorScope scope = TensorScope.open();
          Weights plain = new Weights(start);
          Weights permuted = new Weights(start)) {
        Tensor rows = Tensor.of(new float[] {1, 3, 5, 2, 4, 6}, 3, 2);
        optimizer.apply(permuted.all(), List.of(rows.transpose()));
        optimizer.apply(permuted.all(), List.of(Tensor.scalar(2).broadcastTo(Shape.of(2, 3))));
        optimizer.close();
        optimizer.apply(plain.all(), List.of(rows.transpose().contiguous()));
        optimizer.apply(
            plain.all(), List.of(Tensor.full(Shape.of(2, 3), 2, rows.dtype(), rows.device())));
        optimizer.close();
        assertThat(permuted.all().get(0).value().toNDArray())
            .isEqualTo(plain.all().get(0).value().toNDArray());
      }
    }
  }

  @Test
  void slotsFollowAParameterToAnotherDevice() {
    Device other = new Device("reference", 1);
    for (Optimizer optimizer : all()) {
      Backends.use(
          REFERENCE,
          () -> {
            try (Weights stayed = Weights.two();
                Weights moved = Weights.two();
                optimizer) {
              descend(optimizer, stayed.all(), 6);
              optimizer.close();
              descend(optimizer, moved.all(), 3);
              moved.all().forEach(parameter -> parameter.to(other));
              descend(optimizer, moved.all(), 3);
              assertThat(moved.all().get(0).value().device()).isEqualTo(other);
              assertThat(moved.all().get(1).value().toNDArray())
                  .isEqualTo(stayed.all().get(1).value().toNDArray());
            }
          });
    }
  }

  @Test
  void parametersAndStepsInPlaceRaiseTheVersion() {
    try (Weights weights = Weights.two();
        Optimizer sgd = new SGD()) {
      Tensor handle = weights.all().get(0).value();
      int version = handle.version();
      descend(sgd, weights.all(), 1);
      assertThat(weights.all().get(0).value()).isSameAs(handle);
      assertThat(handle.version()).isGreaterThan(version);
    }
  }

  @Test
  void clippingToAGlobalNormKeepsHugeFiniteGradientsFinite() {
    for (Optimizer optimizer : List.of(new SGD(1).globalClipNorm(5), new SGD(1).clipNorm(5))) {
      try (TensorScope scope = TensorScope.open();
          Weights weights = new Weights(NDArray.of(new float[2]))) {
        optimizer.apply(weights.all(), List.of(Tensor.of(new float[] {3e38f, -3e38f})));
        double expected = 5 / Math.sqrt(2);
        assertThat(weights.all().get(0).value().toNDArray().floats())
            .containsExactly(new float[] {(float) -expected, (float) expected}, within(1e-6f));
        NDArray moved = weights.all().get(0).value().toNDArray();
        optimizer.apply(weights.all(), List.of(Tensor.zeros(2)));
        assertThat(weights.all().get(0).value().toNDArray()).isEqualTo(moved);
      }
    }
  }

  @Test
  void gradientsThatAreNotFiniteAreNotHidden() {
    for (Optimizer optimizer :
        List.of(new SGD(), new SGD().globalClipNorm(1), new SGD().clipNorm(1), new Adam())) {
      for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        try (TensorScope scope = TensorScope.open();
            Weights weights = new Weights(NDArray.of(new float[1]))) {
          optimizer.apply(weights.all(), List.of(Tensor.of(new float[] {wrong})));
          assertThat(weights.all().get(0).value().toNDArray().floats()[0])
              .matches(x -> !Float.isFinite(x));
          optimizer.close();
        }
      }
    }
  }

  @Test
  void anOptimizerOfOnesOwnNeedsAnUpdateAndItsSlots() {
    Optimizer own =
        new Optimizer(0.1) {
          @Override
          protected List<String> slotNames() {
            return List.of("sum");
          }

          @Override
          protected void update(Step step) {
            Tensor sum = step.slot("sum");
            sum.assign(sum.add(step.gradient()));
            step.weight().assign(step.weight().sub(sum.mul(step.rate())));
          }
        };
    try (TensorScope scope = TensorScope.open();
        Weights weights = new Weights(NDArray.of(new float[] {1}));
        own) {
      own.apply(weights.all(), List.of(Tensor.ones(1)));
      own.apply(weights.all(), List.of(Tensor.ones(1)));
      assertThat(weights.all().get(0).value().toNDArray().floats()[0]).isEqualTo(1 - 0.1f - 0.2f);
    }
  }

  @Test
  void schedulesGiveTheRateOfTheStepToCome() {
    Optimizer optimizer = new SGD(new ExponentialDecay(1, 2, 0.25));
    try (Weights weights = Weights.two();
        optimizer) {
      assertThat(optimizer.learningRate()).isEqualTo(1);
      descend(optimizer, weights.all(), 1);
      assertThat(optimizer.learningRate()).isEqualTo(0.5);
      assertThatThrownBy(() -> optimizer.setLearningRate(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("schedule");
    }
    assertThat(new ExponentialDecay(1, 2, 0.25, true).at(3)).isEqualTo(0.25);
    CosineDecay cosine = new CosineDecay(0.1, 100, 0.1, 1, 10);
    assertThat(cosine.at(0)).isEqualTo(0.1);
    assertThat(cosine.at(5)).isEqualTo(0.55);
    assertThat(cosine.at(10)).isEqualTo(1);
    assertThat(cosine.at(60)).isEqualTo(0.55);
    assertThat(cosine.at(500)).isEqualTo(0.1);
  }

  @Test
  void errorsNameWhatWasGiven() {
    assertThatThrownBy(() -> Optimizers.of("adan")).hasMessageContaining("adam");
    assertThatThrownBy(() -> new SGD(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new SGD(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new SGD().momentum(2))
        .hasMessage("SGD: momentum has to be from 0 to 1, given 2.0");
    assertThatThrownBy(() -> new Adam().beta2(1)).hasMessageContaining("below 1");
    assertThatThrownBy(() -> new Adam().clipNorm(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Adam().weightDecay(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new CosineDecay(1, 0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> new ExponentialDecay(1, 0, 0.5)).hasMessageContaining("at least 1");
    try (TensorScope scope = TensorScope.open();
        Weights weights = Weights.two();
        Optimizer sgd = new SGD()) {
      assertThatThrownBy(() -> sgd.apply(weights.all(), List.of()))
          .hasMessage("2 parameters need a gradient each, given 0");
      assertThatThrownBy(() -> sgd.apply(weights.all(), List.of(Tensor.zeros(3), Tensor.zeros(4))))
          .hasMessageContaining("layer/w1 has shape [4], the parameter has [2, 2]");
    }
  }
}
