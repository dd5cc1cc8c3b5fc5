package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvolutionTest {

  private static final int EXACT = 3; // CUDNN_FMA_MATH

  private final cudnnHandle handle = new cudnnHandle();

  @BeforeEach
  void start() {
    EmulatedGpu.start();
    ok(JCudnn.cudnnCreate(handle));
  }

  private record Case(
      int[] x, int[] w, int padding, int stride, int dilation, int groups, boolean channelsLast) {

    int[] y() {
      int[] y = x.clone();
      y[1] = w[0];
      for (int d = 2; d < x.length; d++) {
        y[d] = 1 + (x[d] + 2 * padding - ((w[d] - 1) * dilation + 1)) / stride;
      }
      return y;
    }

    int[] all(int value) {
      int[] all = new int[x.length - 2];
      Arrays.fill(all, value);
      return all;
    }
  }

  private static final Case[] CASES = {
    new Case(new int[] {2, 3, 7, 6}, new int[] {4, 3, 3, 2}, 1, 1, 1, 1, false),
    new Case(new int[] {2, 4, 9, 8}, new int[] {6, 2, 3, 3}, 2, 2, 2, 2, true),
    new Case(new int[] {1, 4, 11}, new int[] {4, 1, 4}, 0, 3, 1, 4, false),
    new Case(new int[] {1, 2, 4, 5, 6}, new int[] {3, 2, 2, 3, 2}, 1, 2, 1, 1, true),
  };

  private static int product(int[] size) {
    return Arrays.stream(size).reduce(1, Math::multiplyExact);
  }

  private static int[] strides(int[] size, boolean channelsLast) {
    int[] strides = new int[size.length];
    int step = channelsLast ? size[1] : 1;
    for (int d = size.length - 1; d >= 0; d--) {
      if (channelsLast && d == 1) {
        strides[d] = 1;
        continue;
      }
      strides[d] = step;
      step *= size[d];
    }
    return strides;
  }

  private static float[] sequence(int n, int seed) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = ((i * 29 + seed) % 23 - 11) / 8.0f;
    }
    return v;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private cudnnTensorDescriptor tensor(int[] size, boolean channelsLast) {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    ok(JCudnn.cudnnCreateTensorDescriptor(d));
    ok(JCudnn.cudnnSetTensorNdDescriptor(d, 0, size.length, size, strides(size, channelsLast)));
    return d;
  }

  private cudnnFilterDescriptor filter(Case c) {
    cudnnFilterDescriptor d = new cudnnFilterDescriptor();
    ok(JCudnn.cudnnCreateFilterDescriptor(d));
    ok(JCudnn.cudnnSetFilterNdDescriptor(d, 0, c.channelsLast ? 1 : 0, c.w.length, c.w));
    return d;
  }

  private cudnnConvolutionDescriptor convolution(Case c) {
    cudnnConvolutionDescriptor d = new cudnnConvolutionDescriptor();
    ok(JCudnn.cudnnCreateConvolutionDescriptor(d));
    ok(
        JCudnn.cudnnSetConvolutionNdDescriptor(
            d, c.x.length - 2, c.all(c.padding), c.all(c.stride), c.all(c.dilation), 1, 0));
    ok(JCudnn.cudnnSetConvolutionGroupCount(d, c.groups));
    ok(JCudnn.cudnnSetConvolutionMathType(d, EXACT));
    return d;
  }

  private static Pointer scalar(float v) {
    return Pointer.to(new float[] {v});
  }

  /** The definition, for two spatial dimensions and below. */
  private static float[] plain(Case c, float[] x, float[] w) {
    int[] ys = c.y();
    int[] sx = strides(c.x, c.channelsLast);
    int[] sw = strides(c.w, c.channelsLast);
    int[] sy = strides(ys, c.channelsLast);
    float[] y = new float[product(ys)];
    boolean flat = c.x.length == 3;
    int width = flat ? 1 : ys[3];
    int tapWidth = flat ? 1 : c.w[3];
    for (int n = 0; n < ys[0]; n++) {
      for (int k = 0; k < ys[1]; k++) {
        for (int p = 0; p < ys[2]; p++) {
          for (int q = 0; q < width; q++) {
            double sum = 0;
            for (int ci = 0; ci < c.w[1]; ci++) {
              for (int r = 0; r < c.w[2]; r++) {
                for (int s = 0; s < tapWidth; s++) {
                  int h = p * c.stride - c.padding + r * c.dilation;
                  int v = flat ? 0 : q * c.stride - c.padding + s * c.dilation;
                  if (h < 0 || h >= c.x[2] || v < 0 || (!flat && v >= c.x[3])) {
                    continue;
                  }
                  int channel = k / (c.w[0] / c.groups) * c.w[1] + ci;
                  int at = n * sx[0] + channel * sx[1] + h * sx[2] + (flat ? 0 : v * sx[3]);
                  int tap = k * sw[0] + ci * sw[1] + r * sw[2] + (flat ? 0 : s * sw[3]);
                  sum += (double) x[at] * w[tap];
                }
              }
            }
            y[n * sy[0] + k * sy[1] + p * sy[2] + (flat ? 0 : q * sy[3])] = (float) sum;
          }
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void forwardAndBothGradientsAgree(int index) {
    Case c = CASES[index];
    float[] x = sequence(product(c.x), 3);
    float[] w = sequence(product(c.w), 5);
    float[] dy = sequence(product(c.y()), 7);
    cudnnTensorDescriptor xd = tensor(c.x, c.channelsLast);
    cudnnTensorDescriptor yd = tensor(c.y(), c.channelsLast);
    cudnnFilterDescriptor wd = filter(c);
    cudnnConvolutionDescriptor cd = convolution(c);
    long[] bytes = new long[1];
    ok(JCudnn.cudnnGetConvolutionForwardWorkspaceSize(handle, xd, wd, cd, yd, 1, bytes));
    CUdeviceptr workspace = allocate(65536);
    assertThat(bytes[0]).isBetween(1L, 65536L);
    CUdeviceptr px = floats(x);
    CUdeviceptr pw = floats(w);
    CUdeviceptr py = allocate(4L * dy.length);
    CUdeviceptr pdy = floats(dy);
    CUdeviceptr pdx = allocate(4L * x.length);
    CUdeviceptr pdw = allocate(4L * w.length);

    ok(
        JCudnn.cudnnConvolutionForward(
            handle, scalar(1), xd, px, wd, pw, cd, 1, workspace, 65536, scalar(0), yd, py));
    float[] y = read(py, dy.length);
    if (c.x.length < 5) {
      assertThat(y).containsExactly(plain(c, x, w), within(1e-4f));
    }
    // The gradients are adjoint to the convolution.
    ok(
        JCudnn.cudnnConvolutionBackwardData(
            handle, scalar(1), wd, pw, yd, pdy, cd, 1, workspace, 65536, scalar(0), xd, pdx));
    assertThat(dot(read(pdx, x.length), x)).isCloseTo(dot(y, dy), within(1e-2));
    ok(
        JCudnn.cudnnConvolutionBackwardFilter(
            handle, scalar(1), xd, px, yd, pdy, cd, 1, workspace, 65536, scalar(0), wd, pdw));
    assertThat(dot(read(pdw, w.length), w)).isCloseTo(dot(y, dy), within(1e-2));

    // alpha and beta
    ok(
        JCudnn.cudnnConvolutionForward(
            handle, scalar(2), xd, px, wd, pw, cd, 1, workspace, 65536, scalar(-1), yd, py));
    assertThat(read(py, dy.length)).containsExactly(y, within(1e-3f));
  }

  @Test
  void aWorkspaceThatIsTooSmallIsRefused() {
    Case c = CASES[0];
    cudnnTensorDescriptor xd = tensor(c.x, false);
    cudnnTensorDescriptor yd = tensor(c.y(), false);
    CUdeviceptr p = allocate(4096);
    assertThat(
            JCudnn.cudnnConvolutionForward(
                handle, scalar(1), xd, p, filter(c), p, convolution(c), 1, p, 16, scalar(0), yd, p))
        .isEqualTo(3);
  }

  @Test
  void algorithmsComeWithTheirWorkspaceAndSomeDoNotWork() {
    Case c = CASES[0];
    int[] count = new int[1];
    cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[8];
    for (int i = 0; i < found.length; i++) {
      found[i] = new cudnnConvolutionFwdAlgoPerf();
    }
    ok(
        JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
            handle,
            tensor(c.x, false),
            filter(c),
            convolution(c),
            tensor(c.y(), false),
            found.length,
            count,
            found));
    assertThat(count[0]).isEqualTo(4);
    assertThat(found[0].status).isZero();
    assertThat(found[0].memory).isPositive();
    assertThat(found[3].status).isEqualTo(9);
  }

  @Test
  void float32IsRoundedToTf32UnlessToldOtherwise() {
    Case c = new Case(new int[] {1, 1, 1, 1}, new int[] {1, 1, 1, 1}, 0, 1, 1, 1, false);
    cudnnConvolutionDescriptor cd = convolution(c);
    CUdeviceptr x = floats(1.0f + 1.0f / 4096);
    CUdeviceptr w = floats(1);
    CUdeviceptr y = allocate(4);
    for (int math : new int[] {EXACT, 0}) {
      ok(JCudnn.cudnnSetConvolutionMathType(cd, math));
      ok(
          JCudnn.cudnnConvolutionForward(
              handle,
              scalar(1),
              tensor(c.x, false),
              x,
              filter(c),
              w,
              cd,
              0,
              new CUdeviceptr(),
              0,
              scalar(0),
              tensor(c.x, false),
              y));
      assertThat(read(y, 1)[0]).isEqualTo(math == EXACT ? 1.0f + 1.0f / 4096 : 1.0f);
    }
  }
}
