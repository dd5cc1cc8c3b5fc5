package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LayersTest {

  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private final cudnnHandle handle = new cudnnHandle();

  @BeforeEach
  void start() {
    EmulatedGpu.start();
    ok(JCudnn.cudnnCreate(handle));
  }

  private static cudnnTensorDescriptor tensor(int n, int c, int h, int w) {
    cudnnTensorDescriptor d = new cudnnTensorDescriptor();
    ok(JCudnn.cudnnCreateTensorDescriptor(d));
    ok(JCudnn.cudnnSetTensor4dDescriptor(d, 0, 0, n, c, h, w));
    return d;
  }

  private float[][] pool(int mode) {
    cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
    ok(JCudnn.cudnnCreatePoolingDescriptor(pooling));
    int[] two = {2, 2};
    int[] padding = {0, 1};
    ok(JCudnn.cudnnSetPoolingNdDescriptor(pooling, mode, 0, 2, two, padding, two));
    cudnnTensorDescriptor xd = tensor(1, 1, 2, 4);
    cudnnTensorDescriptor yd = tensor(1, 1, 1, 3);
    CUdeviceptr x = floats(1, 2, 3, 4, 5, 8, 7, 6);
    CUdeviceptr y = allocate(12);
    CUdeviceptr dx = allocate(32);
    ok(JCudnn.cudnnPoolingForward(handle, pooling, ONE, xd, x, ZERO, yd, y));
    ok(
        JCudnn.cudnnPoolingBackward(
            handle, pooling, ONE, yd, y, yd, floats(12, 24, 36), xd, x, ZERO, xd, dx));
    return new float[][] {read(y, 3), read(dx, 8)};
  }

  @Test
  void poolsWithPaddingCountedOrNot() {
    float[][] max = pool(0);
    assertThat(max[0]).containsExactly(5, 8, 6);
    assertThat(max[1]).containsExactly(0, 0, 0, 0, 12, 24, 0, 36);
    float[][] counted = pool(1);
    assertThat(counted[0]).containsExactly(1.5f, 5, 2.5f);
    assertThat(counted[1]).containsExactly(3, 6, 6, 9, 3, 6, 6, 9);
    float[][] uncounted = pool(2);
    assertThat(uncounted[0]).containsExactly(3, 5, 5);
    assertThat(uncounted[1]).containsExactly(6, 6, 6, 18, 6, 6, 6, 18);
  }

  @Test
  void batchNormalisationCentersAndItsGradientIsOrthogonal() {
    cudnnTensorDescriptor xd = tensor(2, 2, 1, 2);
    cudnnTensorDescriptor pd = tensor(1, 2, 1, 1);
    CUdeviceptr x = floats(1, 2, 10, 30, 3, 6, 20, 60);
    CUdeviceptr y = allocate(32);
    CUdeviceptr mean = floats(0, 0);
    CUdeviceptr variance = floats(1, 1);
    CUdeviceptr savedMean = allocate(8);
    CUdeviceptr savedInverse = allocate(8);
    CUdeviceptr scale = floats(2, 1);
    ok(
        JCudnn.cudnnBatchNormalizationForwardTraining(
            handle,
            1,
            ONE,
            ZERO,
            xd,
            x,
            xd,
            y,
            pd,
            scale,
            floats(0, 5),
            0.5,
            mean,
            variance,
            1e-5,
            savedMean,
            savedInverse));
    float[] out = read(y, 8);
    assertThat(out[0] + out[1] + out[4] + out[5]).isCloseTo(0, within(1e-5f));
    assertThat(out[2] + out[3] + out[6] + out[7]).isCloseTo(20, within(1e-4f));
    assertThat(read(mean, 2)).containsExactly(1.5f, 15);
    // Half of 1, half of the unbiased variance of 1, 2, 3, 6.
    assertThat(read(variance, 2)[0]).isCloseTo(0.5f + 0.5f * 14 / 3, within(1e-5f));

    CUdeviceptr dx = allocate(32);
    CUdeviceptr dScale = allocate(8);
    CUdeviceptr dBias = allocate(8);
    ok(
        JCudnn.cudnnBatchNormalizationBackward(
            handle,
            1,
            ONE,
            ZERO,
            ONE,
            ZERO,
            xd,
            x,
            xd,
            floats(1, -2, 3, 4, 5, -6, 7, 9),
            xd,
            dx,
            pd,
            scale,
            dScale,
            dBias,
            1e-5,
            savedMean,
            savedInverse));
    float[] g = read(dx, 8);
    assertThat(g[0] + g[1] + g[4] + g[5]).isCloseTo(0, within(1e-5f));
    assertThat(g[0] * 1 + g[1] * 2 + g[4] * 3 + g[5] * 6).isCloseTo(0, within(1e-4f));
    assertThat(read(dBias, 2)).containsExactly(-2, 23);
  }

  @Test
  void softmaxSumsToOneAndItsGradientToZero() {
    cudnnTensorDescriptor d = tensor(1, 3, 1, 2);
    CUdeviceptr x = floats(1, 100, 2, 200, 3, 300);
    CUdeviceptr y = allocate(24);
    ok(JCudnn.cudnnSoftmaxForward(handle, 1, 1, ONE, d, x, ZERO, d, y));
    float[] p = read(y, 6);
    assertThat(p[0] + p[2] + p[4]).isCloseTo(1, within(1e-6f));
    assertThat(p[5]).isEqualTo(1);
    assertThat(p[4] / p[2]).isCloseTo((float) Math.E, within(1e-4f));
    CUdeviceptr dx = allocate(24);
    ok(
        JCudnn.cudnnSoftmaxBackward(
            handle, 1, 1, ONE, d, y, d, floats(1, 2, 3, 4, 5, 6), ZERO, d, dx));
    float[] g = read(dx, 6);
    assertThat(g[0] + g[2] + g[4]).isCloseTo(0, within(1e-6f));
  }

  @Test
  void activationsAndTheirSlopes() {
    cudnnActivationDescriptor relu = new cudnnActivationDescriptor();
    ok(JCudnn.cudnnCreateActivationDescriptor(relu));
    ok(JCudnn.cudnnSetActivationDescriptor(relu, 1, 0, 0));
    cudnnTensorDescriptor d = tensor(1, 1, 1, 3);
    CUdeviceptr x = floats(-1, 0, 2);
    CUdeviceptr y = allocate(12);
    ok(JCudnn.cudnnActivationForward(handle, relu, ONE, d, x, ZERO, d, y));
    assertThat(read(y, 3)).containsExactly(0, 0, 2);
    CUdeviceptr dx = allocate(12);
    ok(
        JCudnn.cudnnActivationBackward(
            handle, relu, ONE, d, y, d, floats(3, 4, 5), d, x, ZERO, d, dx));
    assertThat(read(dx, 3)).containsExactly(0, 0, 5);
  }

  @Test
  void aSumIsBroadcast() {
    CUdeviceptr c = floats(1, 2, 3, 4);
    ok(
        JCudnn.cudnnAddTensor(
            handle, ONE, tensor(1, 2, 1, 1), floats(10, 20), ONE, tensor(1, 2, 1, 2), c));
    assertThat(read(c, 4)).containsExactly(11, 12, 23, 24);
  }
}
