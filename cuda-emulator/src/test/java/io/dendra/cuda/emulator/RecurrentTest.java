package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDropoutDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnRNNDataDescriptor;
import jcuda.jcudnn.cudnnRNNDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecurrentTest {

  private static final int TANH = 1;
  private static final int LSTM = 2;
  private static final int TRAINING = 1;
  private static final int BATCH_MAJOR = 2;
  private static final int STEPS = 4;
  private static final int BATCH = 2;
  private static final int INPUTS = 3;
  private static final int HIDDEN = 2;
  private static final int[] LENGTHS = {4, 2};

  private final cudnnHandle handle = new cudnnHandle();

  @BeforeEach
  void start() {
    EmulatedGpu.start();
    ok(JCudnn.cudnnCreate(handle));
  }

  /** A layer with its data, whose parts may be replaced for finite differences. */
  private final class Layer {
    final cudnnRNNDescriptor rnn = new cudnnRNNDescriptor();
    final cudnnRNNDataDescriptor xd = new cudnnRNNDataDescriptor();
    final cudnnRNNDataDescriptor yd = new cudnnRNNDataDescriptor();
    final cudnnTensorDescriptor states = new cudnnTensorDescriptor();
    final int outputs;
    final int weightCount;
    final long[] workspaceBytes = new long[1];
    final long[] reserveBytes = new long[1];
    final CUdeviceptr workspace;
    final CUdeviceptr reserve;

    Layer(int cell, int layers, int directions) {
      outputs = HIDDEN * directions;
      ok(JCudnn.cudnnCreateRNNDescriptor(rnn));
      ok(
          JCudnn.cudnnSetRNNDescriptor_v8(
              rnn,
              0,
              cell,
              2,
              directions - 1,
              0,
              0,
              0,
              3,
              INPUTS,
              HIDDEN,
              HIDDEN,
              layers,
              new cudnnDropoutDescriptor(),
              0));
      ok(JCudnn.cudnnCreateRNNDataDescriptor(xd));
      ok(JCudnn.cudnnCreateRNNDataDescriptor(yd));
      Pointer padding = Pointer.to(new float[] {0});
      ok(
          JCudnn.cudnnSetRNNDataDescriptor(
              xd, 0, BATCH_MAJOR, STEPS, BATCH, INPUTS, LENGTHS, padding));
      ok(
          JCudnn.cudnnSetRNNDataDescriptor(
              yd, 0, BATCH_MAJOR, STEPS, BATCH, outputs, LENGTHS, padding));
      ok(JCudnn.cudnnCreateTensorDescriptor(states));
      int[] size = {layers * directions, BATCH, HIDDEN};
      ok(
          JCudnn.cudnnSetTensorNdDescriptor(
              states, 0, 3, size, new int[] {BATCH * HIDDEN, HIDDEN, 1}));
      long[] bytes = new long[1];
      ok(JCudnn.cudnnGetRNNWeightSpaceSize(handle, rnn, bytes));
      weightCount = (int) (bytes[0] / 4);
      ok(JCudnn.cudnnGetRNNTempSpaceSizes(handle, rnn, TRAINING, xd, workspaceBytes, reserveBytes));
      workspace = allocate(workspaceBytes[0]);
      reserve = allocate(reserveBytes[0]);
    }

    float[] forward(float[] x, float[] weights) {
      CUdeviceptr y = allocate(4L * STEPS * BATCH * outputs);
      CUdeviceptr none = new CUdeviceptr();
      ok(
          JCudnn.cudnnRNNForward(
              handle,
              rnn,
              TRAINING,
              none,
              xd,
              floats(x),
              yd,
              y,
              states,
              none,
              none,
              states,
              none,
              none,
              4L * weightCount,
              floats(weights),
              workspaceBytes[0],
              workspace,
              reserveBytes[0],
              reserve));
      return read(y, STEPS * BATCH * outputs);
    }

    /** Gradients of the dot product of the outputs with dy: by x, by the weights. */
    float[][] backward(float[] x, float[] weights, float[] y, float[] dy) {
      CUdeviceptr dx = allocate(4L * x.length);
      CUdeviceptr dw = allocate(4L * weightCount);
      CUdeviceptr none = new CUdeviceptr();
      ok(JCudaDriver.cuMemsetD32(dw, 0, weightCount));
      CUdeviceptr py = floats(y);
      ok(
          JCudnn.cudnnRNNBackwardData_v8(
              handle,
              rnn,
              none,
              yd,
              py,
              floats(dy),
              xd,
              dx,
              states,
              none,
              none,
              none,
              states,
              none,
              none,
              none,
              4L * weightCount,
              floats(weights),
              workspaceBytes[0],
              workspace,
              reserveBytes[0],
              reserve));
      ok(
          JCudnn.cudnnRNNBackwardWeights_v8(
              handle,
              rnn,
              0,
              none,
              xd,
              floats(x),
              states,
              none,
              yd,
              py,
              4L * weightCount,
              dw,
              workspaceBytes[0],
              workspace,
              reserveBytes[0],
              reserve));
      return new float[][] {read(dx, x.length), read(dw, weightCount)};
    }
  }

  private static float[] sequence(int n, int seed) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = ((i * 13 + seed * 7) % 19 - 9) / 12.0f;
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

  @Test
  void anLstmStepIsItsDefinition() {
    Layer layer = new Layer(LSTM, 1, 1);
    float[] x = sequence(STEPS * BATCH * INPUTS, 1);
    float[] w = sequence(layer.weightCount, 2);
    float[] y = layer.forward(x, w);
    int matrices = 4 * HIDDEN * (INPUTS + HIDDEN);
    for (int j = 0; j < HIDDEN; j++) {
      double[] gate = new double[4];
      for (int g = 0; g < 4; g++) {
        gate[g] = w[matrices + g * HIDDEN + j] + w[matrices + (4 + g) * HIDDEN + j];
        for (int i = 0; i < INPUTS; i++) {
          gate[g] += w[(g * HIDDEN + j) * INPUTS + i] * x[i];
        }
      }
      double cell = sigmoid(gate[0]) * Math.tanh(gate[2]);
      assertThat((double) y[j]).isCloseTo(sigmoid(gate[3]) * Math.tanh(cell), within(1e-6));
    }
    // The second example ends after two steps.
    assertThat(y[(STEPS + 2) * HIDDEN]).isZero();
    assertThat(y[(STEPS + 1) * HIDDEN]).isNotZero();
  }

  private static double sigmoid(double v) {
    return 1 / (1 + Math.exp(-v));
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "2,1,1", "3,1,1", "2,2,2", "3,2,1"})
  void gradientsAgreeWithFiniteDifferences(int cell, int layers, int directions) {
    Layer layer = new Layer(cell, layers, directions);
    float[] x = sequence(STEPS * BATCH * INPUTS, 3);
    float[] w = sequence(layer.weightCount, 4);
    float[] dy = sequence(STEPS * BATCH * layer.outputs, 5);
    float[] y = layer.forward(x, w);
    float[][] gradients = layer.backward(x, w, y, dy);
    float[] xDirection = sequence(x.length, 6);
    float[] wDirection = sequence(w.length, 7);
    double expected = dot(gradients[0], xDirection) + dot(gradients[1], wDirection);
    double step = 1e-2;
    double up = dot(layer.forward(along(x, xDirection, step), along(w, wDirection, step)), dy);
    double down = dot(layer.forward(along(x, xDirection, -step), along(w, wDirection, -step)), dy);
    assertThat((up - down) / (2 * step))
        .isCloseTo(expected, within(2e-3 * (1 + Math.abs(expected))));
    assertThat(cell).isBetween(TANH, 3);
  }

  private static float[] along(float[] from, float[] direction, double step) {
    float[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += (float) (step * direction[i]);
    }
    return to;
  }
}
