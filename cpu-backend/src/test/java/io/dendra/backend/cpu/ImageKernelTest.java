package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dendra.autograd.Autograd;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.PoolSpec;
import io.dendra.ops.Fused;
import io.dendra.ops.NN;
import io.dendra.ops.Pooling;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels for images with their channels last, of sizes that are shared out over threads. */
final class ImageKernelTest {
  private static final Device CPU = Device.of("cpu");
  private static final Device REFERENCE = Device.of("reference");

  private static int[] ints(int... values) {
    return values;
  }

  /** Images of a few values, in which windows have equals, both zeros among them. */
  private static float[] few(int size, boolean withNan) {
    SplittableRandom random = new SplittableRandom(7);
    float[] some = {-1, -0f, 0, 0.5f, 2, Float.NEGATIVE_INFINITY, Float.NaN};
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = some[random.nextInt(withNan ? some.length : some.length - 1)];
    }
    return values;
  }

  private static Tensor channelsLast(float[] values, Device device, long... nhwc) {
    return Tensor.of(NDArray.of(values, nhwc), device).permute(0, 3, 1, 2);
  }

  private static Tensor random(int seed, long... dims) {
    return RandomOps.normal(RandomKey.of(seed), Shape.of(dims), DType.FLOAT32, CPU);
  }

  /** Values and gradients of an image op, the outputs weighted. */
  private static float[][] both(Tensor x, Function<Tensor, Tensor> op) {
    Tensor tracked = x.requiresGrad();
    Tensor y = op.apply(tracked);
    Tensor weights = Tensor.of(NDArray.of(ramp((int) y.size()), y.shape().dims()), x.device());
    Tensor gradient = Autograd.grad(y, List.of(tracked), o -> o.gradOutput(weights)).get(0);
    return new float[][] {floats(y), floats(gradient)};
  }

  private static float[] floats(Tensor tensor) {
    return tensor.toNDArray().floats();
  }

  private static float[] ramp(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (i * 37 % 101 - 50) / 16f;
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void maxPoolingHasTheRulesOfTheReference(boolean withNan) {
    List<PoolSpec> specs =
        List.of(
            new PoolSpec(ints(2, 2), ints(2, 2), ints(0, 0), ints(0, 0)),
            new PoolSpec(ints(2, 2), ints(2, 2), ints(1, 1), ints(1, 0)),
            new PoolSpec(ints(3, 3), ints(2, 2), ints(1, 1), ints(1, 1)),
            new PoolSpec(ints(3, 2), ints(1, 1), ints(0, 1), ints(2, 0)),
            new PoolSpec(ints(1, 2), ints(3, 3), ints(0, 0), ints(0, 0)));
    for (PoolSpec spec : specs) {
      for (int channels : new int[] {2, 5, 36}) {
        long[] shape = {6, 13, 11, channels};
        float[] values = few(6 * 13 * 11 * channels, withNan);
        float[][] actual = both(channelsLast(values, CPU, shape), x -> Pooling.maxPool(x, spec));
        float[][] expected =
            both(channelsLast(values, REFERENCE, shape), x -> Pooling.maxPool(x, spec));
        String what = spec + " of " + channels;
        for (int i = 0; i < expected[0].length; i++) {
          // Which of the two zeros it is is left open.
          assertThat(actual[0][i] + 0f).as(what).isEqualTo(Float.valueOf(expected[0][i] + 0f));
        }
        assertThat(actual[1]).as(what).containsExactly(expected[1], within(1e-5f));
      }
    }
  }

  @Test
  void statisticsKeepTheirDigitsFarFromZero() {
    int rows = 9 * 21 * 17;
    int channels = 6;
    float[] values = new float[rows * channels];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1000 * (i % channels) + random.nextDouble(-0.5, 0.5));
    }
    Tensor x = channelsLast(values, CPU, 9, 21, 17, channels);
    Tensor ones = Tensor.of(NDArray.of(new float[] {1, 1, 1, 1, 1, 1}, channels), CPU);
    NN.BatchNorm result = NN.batchNorm(x, ones, ones, 1e-3);
    float[] mean = floats(result.mean());
    float[] variance = floats(result.variance());
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += values[row * channels + c];
      }
      double expected = sum / rows;
      double squares = 0;
      for (int row = 0; row < rows; row++) {
        squares += Math.pow(values[row * channels + c] - expected, 2);
      }
      assertThat(mean[c]).isCloseTo((float) expected, within(1e-7f * Math.abs(mean[c]) + 1e-6f));
      assertThat(variance[c]).isCloseTo((float) (squares / rows), within(1e-5f));
    }
  }

  @Test
  void batchNormalisationIsItsDecompositionInBothMemoryOrders() {
    for (boolean last : new boolean[] {true, false}) {
      Tensor images = random(1, 6, 23, 19, 40);
      Tensor x = last ? images.permute(0, 3, 1, 2) : images.permute(0, 3, 1, 2).contiguous();
      Tensor gamma = random(2, 40);
      Tensor beta = random(3, 40);
      Function<Tensor, Tensor> norm = in -> NN.batchNorm(in, gamma, beta, 1e-3).y();
      float[][] fused = both(x, norm);
      float[][] decomposed = Fused.using(false, () -> both(x, norm));
      assertThat(fused[0]).containsExactly(decomposed[0], within(2e-5f));
      assertThat(fused[1]).containsExactly(decomposed[1], within(2e-4f));
    }
  }

  @ParameterizedTest
  @EnumSource(Epilogue.class)
  void convolutionsOfAnyBatchAreThoseOfTheReference(Epilogue epilogue) {
    for (int batch : new int[] {7, 16, 1}) {
      for (int channels : new int[] {1, 20}) {
        Tensor x = random(4, batch, 15, 14, channels).permute(0, 3, 1, 2);
        Tensor w = random(5, 3, 3, channels, 33).permute(3, 2, 0, 1);
        Tensor b = random(6, 33);
        Tensor g = random(7, batch, 13, 12, 33).permute(0, 3, 1, 2);
        List<Tensor> actual = gradients(epilogue, x, w, b, g);
        List<Tensor> expected =
            gradients(epilogue, x.to(REFERENCE), w.to(REFERENCE), b.to(REFERENCE), g.to(REFERENCE));
        for (int i = 0; i < actual.size(); i++) {
          assertThat(floats(actual.get(i)))
              .as(epilogue + " batch " + batch + " channels " + channels + " result " + i)
              .containsExactly(floats(expected.get(i)), within(2e-3f));
        }
        assertThat(actual.get(0).layout().stride(1)).isEqualTo(1);
      }
    }
  }

  /** The output, and the gradients of all operands. */
  private static List<Tensor> gradients(Epilogue epilogue, Tensor x, Tensor w, Tensor b, Tensor g) {
    Tensor[] in = {x.requiresGrad(), w.requiresGrad(), b.requiresGrad()};
    Tensor y = NN.convBias(in[0], in[1], in[2], ConvSpec.unit(2), epilogue);
    List<Tensor> all = Autograd.grad(y, List.of(in), o -> o.gradOutput(g));
    return List.of(y, all.get(0), all.get(1), all.get(2));
  }

  /** The values and the gradients, which come as given, or one for all positions of an image. */
  private static List<float[]> normalised(
      boolean joined, boolean residual, boolean perImage, float top) {
    Tensor x = random(1, 6, 23, 19, 24).requiresGrad();
    Tensor other = random(2, 6, 23, 19, 24).requiresGrad();
    Tensor gamma = random(3, 24).requiresGrad();
    Tensor beta = random(4, 24).requiresGrad();
    Tensor images = x.permute(0, 3, 1, 2);
    Tensor added = residual ? other.permute(0, 3, 1, 2) : null;
    Tensor y;
    if (joined) {
      y = NN.batchNormRelu(images, gamma, beta, added, 1e-3).y();
    } else {
      Tensor norm = NN.batchNorm(images, gamma, beta, 1e-3).y();
      y = (residual ? norm.add(added) : norm).relu();
    }
    Tensor weights = random(5, 6, 24).mul(top);
    Tensor loss =
        perImage
            ? y.mean(2, 3).mul(weights).sum()
            : y.permute(0, 2, 3, 1).mul(random(6, 6, 23, 19, 24).mul(top)).sum();
    List<Tensor> all =
        residual
            ? Autograd.grad(loss, List.of(x, gamma, beta, other))
            : Autograd.grad(loss, List.of(x, gamma, beta));
    return Stream.concat(Stream.of(y), all.stream()).map(ImageKernelTest::floats).toList();
  }

  @ParameterizedTest
  @ValueSource(floats = {1, Float.POSITIVE_INFINITY})
  void batchNormalisationWithReluHasTheBitsOfSingleOps(float top) {
    for (boolean residual : new boolean[] {false, true}) {
      for (boolean perImage : new boolean[] {false, true}) {
        List<float[]> joined = normalised(true, residual, perImage, top);
        List<float[]> single = normalised(false, residual, perImage, top);
        for (int i = 0; i < joined.size(); i++) {
          assertThat(joined.get(i)).containsExactly(single.get(i));
        }
      }
    }
  }

  @Test
  void reluHasNoGradientAtZeroNorWithoutANumber() {
    float[] values = {-1, -0f, 0, Float.NaN, Float.MIN_VALUE, Float.POSITIVE_INFINITY};
    Tensor x = Tensor.of(NDArray.of(values, 6), CPU).requiresGrad();
    Tensor gradient = Autograd.grad(x.relu().sum(), x);
    assertThat(floats(gradient)).containsExactly(0, 0, 0, 0, 1, 1);
    // The gradient of a mean over positions has one row for all of them.
    Tensor images = random(8, 4, 30, 30, 64).requiresGrad();
    Tensor mean = Autograd.grad(images.relu().mean(1, 2).sum(), images);
    float[] all = floats(images);
    float[] found = floats(mean);
    for (int i = 0; i < all.length; i++) {
      assertThat(found[i]).isCloseTo(all[i] > 0 ? 1f / 900 : 0, within(1e-8f));
    }
  }
}
