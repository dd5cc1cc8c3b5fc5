package io.dendra.backend.reference;

import static io.dendra.backend.reference.Views.BACKEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvolutionTest {
  private record Sample(ConvSpec spec, Shape x, Shape w) {}

  static Stream<Sample> samples() {
    return Stream.of(
        new Sample(ConvSpec.unit(1), Shape.of(2, 3, 7), Shape.of(4, 3, 3)),
        new Sample(spec1(2, 2, 1, 3, 1), Shape.of(2, 2, 9), Shape.of(3, 2, 3)),
        new Sample(ConvSpec.unit(2), Shape.of(2, 3, 5, 6), Shape.of(4, 3, 2, 3)),
        new Sample(
            new ConvSpec(new int[] {2, 1}, new int[] {1, 0}, new int[] {0, 2}, new int[] {1, 2}, 2),
            Shape.of(2, 4, 6, 7),
            Shape.of(6, 2, 3, 2)),
        new Sample(
            new ConvSpec(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, 3),
            Shape.of(1, 3, 4, 4),
            Shape.of(6, 1, 3, 3)),
        new Sample(
            new ConvSpec(
                new int[] {1, 2, 1},
                new int[] {1, 0, 2},
                new int[] {0, 1, 1},
                new int[] {1, 1, 2},
                1),
            Shape.of(2, 2, 3, 4, 5),
            Shape.of(3, 2, 2, 2, 3)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void agreesWithTheDefinition(Sample sample) {
    View x = Views.sample(1, sample.x.dims());
    View w = Views.sample(2, sample.w.dims());
    double[] expected = naive(sample, Views.reals(x), Views.reals(w));
    for (View input : Views.layoutsOf(x)) {
      for (View filter : Views.layoutsOf(w)) {
        assertThat(Views.reals(conv(sample, input, filter)))
            .containsExactly(expected, within(1e-13));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void gradientsAreAdjoint(Sample sample) {
    View x = Views.sample(1, sample.x.dims());
    View w = Views.sample(2, sample.w.dims());
    View y = conv(sample, x, w);
    View gradOut = Views.sample(3, y.shape().dims());
    double expected = Views.dot(y, gradOut);
    for (View grad : Views.layoutsOf(gradOut)) {
      for (View gradX : Views.layoutsOf(x)) {
        View out = Views.result(DType.FLOAT64, gradX.layout());
        BACKEND.convInputGrad(sample.spec, grad, w, out);
        assertThat(Views.dot(x, out)).isCloseTo(expected, within(1e-11));
      }
      for (View gradW : Views.layoutsOf(w)) {
        View out = Views.result(DType.FLOAT64, gradW.layout());
        BACKEND.convFilterGrad(sample.spec, x, grad, out);
        assertThat(Views.dot(w, out)).isCloseTo(expected, within(1e-11));
      }
    }
  }

  @Test
  void handComputed() {
    View x = Views.doubles(Shape.of(1, 1, 4), 1, 2, 3, 4);
    View w = Views.doubles(Shape.of(1, 1, 2), 10, 1);
    Sample sample = new Sample(spec1(2, 1, 1, 1, 1), x.shape(), w.shape());
    assertThat(Views.reals(conv(sample, x, w))).containsExactly(1, 23, 40);
  }

  @Test
  void emptyBatchGivesNothingAndZeroFilterGradient() {
    Sample sample = new Sample(ConvSpec.unit(2), Shape.of(0, 2, 4, 4), Shape.of(3, 2, 2, 2));
    View x = Views.doubles(sample.x);
    View y = conv(sample, x, Views.sample(1, 3, 2, 2, 2));
    assertThat(Views.reals(y)).isEmpty();
    View gradW = Views.result(DType.FLOAT64, sample.w);
    BACKEND.convFilterGrad(sample.spec, x, y, gradW);
    assertThat(Views.reals(gradW)).containsOnly(0);
  }

  private static ConvSpec spec1(int stride, int dilation, int padLow, int padHigh, int groups) {
    return new ConvSpec(
        new int[] {stride}, new int[] {padLow}, new int[] {padHigh}, new int[] {dilation}, groups);
  }

  private static View conv(Sample sample, View x, View w) {
    View out = Views.result(DType.FLOAT64, sample.spec.outputShape(sample.x, sample.w));
    BACKEND.conv(sample.spec, x, w, out);
    return out;
  }

  /** Output by output, straight from the definition, over indices in each dimension. */
  private static double[] naive(Sample sample, double[] x, double[] w) {
    ConvSpec spec = sample.spec;
    Shape out = spec.outputShape(sample.x, sample.w);
    double[] result = new double[(int) out.size()];
    int spatial = spec.spatialRank();
    int perGroup = (int) (sample.w.dim(0) / spec.groups());
    for (int o = 0; o < result.length; o++) {
      int[] at = unravel(o, out);
      for (int k = 0; k < w.length; k++) {
        int[] tap = unravel(k, sample.w);
        if (tap[0] != at[1]) {
          continue;
        }
        int[] source = new int[spatial + 2];
        source[0] = at[0];
        source[1] = at[1] / perGroup * (int) sample.w.dim(1) + tap[1];
        boolean inside = true;
        for (int d = 0; d < spatial; d++) {
          int place =
              at[d + 2] * spec.strides()[d] - spec.padLow()[d] + tap[d + 2] * spec.dilation()[d];
          inside &= place >= 0 && place < sample.x.dim(d + 2);
          source[d + 2] = place;
        }
        result[o] += inside ? w[k] * x[ravel(source, sample.x)] : 0;
      }
    }
    return result;
  }

  private static int[] unravel(int index, Shape shape) {
    int[] result = new int[shape.rank()];
    int rest = index;
    for (int d = shape.rank() - 1; d >= 0; d--) {
      result[d] = rest % (int) shape.dim(d);
      rest /= (int) shape.dim(d);
    }
    return result;
  }

  private static int ravel(int[] index, Shape shape) {
    int result = 0;
    for (int d = 0; d < index.length; d++) {
      result = result * (int) shape.dim(d) + index[d];
    }
    return result;
  }
}
