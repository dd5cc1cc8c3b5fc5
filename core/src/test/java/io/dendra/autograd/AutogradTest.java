package io.dendra.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.nn.OwnDevice;
import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AutogradTest {
  private static final Device REFERENCE = Device.of("reference");
  private TensorScope scope;

  @BeforeEach
  void open() {
    scope = TensorScope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor doubles(Tensor x) {
    return x.cast(DType.FLOAT64).detach().requiresGrad();
  }

  @Test
  void firstSecondAndThirdDerivativeOfACube() {
    Tensor x = Tensor.of(new double[] {2}).requiresGrad();
    Tensor y = x.square().mul(x).sum();
    Tensor first = Autograd.grad(y, List.of(x), o -> o.createGraph()).get(0);
    Tensor second = Autograd.grad(first.sum(), List.of(x), o -> o.createGraph()).get(0);
    Tensor third = Autograd.grad(second.sum(), x);
    assertThat(first.item()).isEqualTo(12);
    assertThat(second.item()).isEqualTo(12);
    assertThat(third.item()).isEqualTo(6);
  }

  @Test
  void aValueUsedTwiceGetsBothGradients() {
    Tensor x = Tensor.of(new float[] {3}).requiresGrad();
    assertThat(Autograd.grad(x.mul(x).add(x).sum(), x).item()).isEqualTo(7);
  }

  @Test
  void penaltyOfTheInputGradientMatchesFiniteDifferences() {
    RandomKey key = RandomKey.of(1);
    Tensor x = doubles(RandomOps.normal(key.fold(0), Shape.of(2, 2, 4, 4)));
    Tensor w = doubles(RandomOps.normal(key.fold(1), Shape.of(3, 2, 3, 3)));
    Tensor gamma = doubles(Tensor.of(new float[] {1.5f, 0.5f, 2f}));
    Tensor beta = doubles(Tensor.of(new float[] {0.1f, 0.2f, 0.3f}));
    UnaryOperator<Tensor> penalty =
        weights -> {
          Tensor y = NN.batchNorm(convolve(x, weights), gamma, beta, 1e-3).y();
          Tensor dx =
              Autograd.grad(y.tanh().square().sum(), List.of(x), o -> o.createGraph()).get(0);
          return dx.square().sum().sqrt();
        };
    double[] analytic = Autograd.grad(penalty.apply(w), w).toNDArray().doubles();
    double[] values = w.toNDArray().doubles().clone();
    for (int i = 0; i < values.length; i += 7) {
      double numeric = (at(penalty, values, i, 1e-5) - at(penalty, values, i, -1e-5)) / 2e-5;
      assertThat(analytic[i]).isCloseTo(numeric, within(1e-6 * Math.max(1, Math.abs(numeric))));
    }
  }

  private static Tensor convolve(Tensor x, Tensor weights) {
    Tensor bias = Tensor.full(Shape.of(3), 0.1, DType.FLOAT64, REFERENCE);
    return NN.convBias(x, weights, bias, ConvSpec.unit(2), Epilogue.NONE);
  }

  private static double at(UnaryOperator<Tensor> f, double[] values, int i, double step) {
    double[] moved = values.clone();
    moved[i] += step;
    return f.apply(Tensor.of(moved, 3, 2, 3, 3)).item();
  }

  @Test
  void graphIsFreedUnlessRetained() {
    Tensor x = Tensor.of(new float[] {3}).requiresGrad();
    Tensor y = x.exp().sum();
    Autograd.grad(y, List.of(x), o -> o.retainGraph());
    Autograd.grad(y, x);
    assertThatThrownBy(() -> Autograd.grad(y, x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("retainGraph");
  }

  @Test
  void unusedInputIsAnErrorUnlessAllowed() {
    Tensor x = Tensor.of(new float[] {3}).requiresGrad();
    Tensor unused = Tensor.of(new float[] {1, 2}).requiresGrad();
    Tensor y = x.exp().sum();
    assertThatThrownBy(() -> Autograd.grad(y, List.of(unused), o -> o.retainGraph()))
        .hasMessageContaining("allowUnused");
    Tensor zeros = Autograd.grad(y, List.of(unused), o -> o.allowUnused()).get(0);
    assertThat(zeros.toNDArray().floats()).containsExactly(0, 0);
  }

  @Test
  void writingInPlaceBeforeTheGradientIsNoticed() {
    Tensor x = Tensor.of(new float[] {3}).requiresGrad();
    Tensor y = x.square().sum();
    x.assign(Tensor.of(new float[] {4}));
    assertThatThrownBy(() -> Autograd.grad(y, x)).hasMessageContaining("written in place");
  }

  @Test
  void customFunctionHasItsOwnGradient() {
    CustomFunction straightThrough =
        new CustomFunction() {
          @Override
          public String name() {
            return "straight_through";
          }

          @Override
          public Tensor forward(Tensor... in) {
            return Elementwise.unary(UnaryOp.ROUND, in[0]);
          }

          @Override
          public Tensor[] backward(Tensor[] in, Tensor out, Tensor g) {
            return new Tensor[] {g.mul(in[0])};
          }
        };
    Tensor x = Tensor.of(new float[] {1.6f}).requiresGrad();
    Tensor y = straightThrough.apply(x);
    assertThat(y.item()).isEqualTo(2);
    Tensor first = Autograd.grad(y.sum(), List.of(x), o -> o.createGraph()).get(0);
    assertThat(first.item()).isCloseTo(1.6, within(1e-6));
    assertThat(Autograd.grad(first.sum(), x).item()).isEqualTo(1);
  }

  @Test
  void aGraphThatIsNeverWalkedFreesItself() {
    Device device = OwnDevice.of("autograd-memory");
    TensorScope.run(
        () -> {
          Tensor x = Tensor.full(Shape.of(100), 1, DType.FLOAT32, device).requiresGrad();
          Tensor y = x;
          for (int i = 0; i < 20_000; i++) {
            y = y.mul(1.0001).exp().log();
          }
        });
    assertThat(OwnDevice.live(device)).isZero();
  }

  @Test
  void deepGraphsAreWalkedWithoutRecursion() {
    Tensor x = Tensor.ones(1).requiresGrad();
    Tensor y = x;
    for (int i = 0; i < 50_000; i++) {
      y = y.add(1);
    }
    assertThat(Autograd.grad(y.sum(), x).item()).isEqualTo(1);
  }
}
