package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.ConvSpec;
import io.dendra.config.Config;
import io.dendra.cuda.emulator.EmulatorControl;
import io.dendra.cuda.emulator.Fault;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ConvolutionTest {
  private static final int RUNS = 150;
  private static final int NOT_SUPPORTED = 9;

  private record Case(ConvSpec spec, Shape x, Shape w) {
    Shape y() {
      return spec.outputShape(x, w);
    }

    static Case draw(RandomOperands random) {
      int n = random.draw(1, 3);
      int groups = random.draw(1, 2);
      int[][] values = new int[4][n];
      long channels = random.draw(1, 3);
      Shape x = Shape.of(random.draw(1, 3), channels * groups);
      Shape w = Shape.of((long) groups * random.draw(1, 3), channels);
      for (int i = 0; i < n; i++) {
        values[0][i] = random.draw(1, 3);
        values[1][i] = random.draw(0, 3);
        values[2][i] = random.draw(0, 3);
        values[3][i] = random.draw(1, 2);
        long kernel = random.draw(1, 3);
        long reach = (kernel - 1) * values[3][i] + 1;
        long least = Math.max(1, reach - values[1][i] - values[2][i]);
        x = x.append(least + random.draw(0, 4));
        w = w.append(kernel);
      }
      return new Case(new ConvSpec(values[0], values[1], values[2], values[3], groups), x, w);
    }
  }

  private static void compareAll(int runs) {
    try (RandomOperands operands = new RandomOperands(5)) {
      for (int i = 0; i < runs; i++) {
        Case c = Case.draw(operands);
        operands.input(c.x());
        operands.input(c.w());
        operands.output(c.y());
        operands.compare((backend, v) -> backend.conv(c.spec(), v[0], v[1], v[2]));
        operands.input(c.y());
        operands.input(c.w());
        operands.output(c.x());
        operands.compare((backend, v) -> backend.convInputGrad(c.spec(), v[0], v[1], v[2]));
        operands.input(c.x());
        operands.input(c.y());
        operands.output(c.w());
        operands.compare((backend, v) -> backend.convFilterGrad(c.spec(), v[0], v[1], v[2]));
      }
    }
  }

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
      disabledReason = "needs the CUDA emulator")
  void convolvesInAnyMemoryOrder() {
    compareAll(RUNS);
  }

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isEmulated",
      disabledReason = "calls can be counted in the CUDA emulator only")
  void leavesAllToCudnn() {
    EmulatedCuda.provider();
    EmulatorControl control = EmulatedCuda.control();
    long plain = control.calls("kernel:input_gradient") + control.calls("kernel:filter_gradient");
    long calls = control.calls("cudnnConvolution*");
    compareAll(10);
    assertThat(control.calls("cudnnConvolution*") - calls).isEqualTo(30);
    assertThat(control.calls("kernel:input_gradient") + control.calls("kernel:filter_gradient"))
        .isEqualTo(plain);
  }

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
      disabledReason = "needs the CUDA emulator")
  void measuresAlgorithms() {
    Config.set("dendra.cuda.conv.benchmark", "on");
    Config.set("dendra.cuda.deterministic", "off");
    try {
      compareAll(10);
    } finally {
      Config.set("dendra.cuda.conv.benchmark", null);
      Config.set("dendra.cuda.deterministic", null);
    }
  }

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isEmulated",
      disabledReason = "faults can be injected into the CUDA emulator only")
  void computesWhatCudnnDoesNotSupport() {
    EmulatedCuda.provider();
    EmulatorControl control = EmulatedCuda.control();
    control.inject(Fault.of("cudnnSetConvolutionNdDescriptor", NOT_SUPPORTED).times(1 << 20));
    try {
      compareAll(RUNS / 3);
      assertThat(control.injectedFaults()).isPositive();
    } finally {
      control.clearFaults();
    }
  }

  @Test
  @EnabledIf(
      value = "io.dendra.backend.cuda.EmulatedCuda#isEmulated",
      disabledReason = "faults can be injected into the CUDA emulator only")
  void goesOnToTheNextAlgorithm() {
    EmulatedCuda.provider();
    EmulatorControl control = EmulatedCuda.control();
    control.inject(Fault.of("cudnnConvolutionForward", NOT_SUPPORTED));
    try {
      compareAll(3);
      assertThat(control.injectedFaults()).isPositive();
    } finally {
      control.clearFaults();
    }
  }

  @Test
  void onlyUnevenPaddingEnlargesTheInput() {
    Shape x = Shape.of(1, 2, 8, 8);
    Shape w = Shape.of(3, 2, 3, 3);
    assertThat(geometry(x, w, 1, 1, 1).isPadded()).isFalse();
    // Stride 2 over 8: the last zero of an even padding is never read.
    assertThat(geometry(x, w, 2, 1, 1).isPadded()).isFalse();
    assertThat(geometry(x, w, 2, 1, 0).isPadded()).isFalse();
    ConvolutionGeometry same = geometry(x, w, 2, 0, 1);
    assertThat(same.isPadded()).isTrue();
    Layout padded = same.layouts(false)[0];
    assertThat(padded.shape()).isEqualTo(Shape.of(1, 2, 9, 9));
    assertThat(same.interior(padded).offset()).isZero();
    ConvolutionGeometry causal = geometry(x, w, 1, 2, 0);
    padded = causal.layouts(true)[0];
    assertThat(padded.shape()).isEqualTo(Shape.of(1, 2, 10, 10));
    assertThat(causal.interior(padded).shape()).isEqualTo(x);
    assertThat(causal.interior(padded).offset()).isEqualTo(2 * padded.stride(2) + 2 * 2);
  }

  private static ConvolutionGeometry geometry(Shape x, Shape w, int stride, int low, int high) {
    ConvSpec spec =
        new ConvSpec(
            new int[] {stride, stride},
            new int[] {low, low},
            new int[] {high, high},
            new int[] {1, 1},
            1);
    return new ConvolutionGeometry(spec, x, w, spec.outputShape(x, w));
  }
}
