package io.dendra.backend.cpu;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.View;

/** The Gaussian error linear unit in one pass, exact or by its tanh approximation. */
final class GeluKernel implements FusedKernel {
  private static final int COST = 8;
  private static final float ROOT_HALF = (float) Math.sqrt(0.5);
  private static final float ROOT = (float) Math.sqrt(2 / Math.PI);
  private static final float CUBIC = (float) (Math.sqrt(2 / Math.PI) * 0.044715);
  private static final float NORMAL = (float) (1 / Math.sqrt(2 * Math.PI));

  private final CpuPool pool;
  private final boolean approximate;

  GeluKernel(CpuPool pool, boolean approximate) {
    this.pool = pool;
    this.approximate = approximate;
  }

  @Override
  public void forward(View[] inputs, View[] outputs) {
    Tiles.run(
        pool,
        COST,
        inputs,
        outputs,
        2,
        new int[] {1},
        (blocks, rows, n) -> {
          inner(rows[0], rows[1], n);
          outer(rows[0], rows[1], n);
        });
  }

  /** {@code erf(x / √2)}, or the tanh that is close to it. */
  private void inner(float[] x, float[] y, int n) {
    if (approximate) {
      cubic(x, y, n);
      FloatFunctions.tanh(y, y, n);
    } else {
      FloatLoops.affine(x, ROOT_HALF, 0, y, n);
      FloatFunctions.erf(y, y, n);
    }
  }

  private static void cubic(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * (ROOT + CUBIC * (x[i] * x[i]));
    }
  }

  private static void outer(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 0.5f * x[i] * (1 + y[i]);
    }
  }

  @Override
  public boolean hasBackward() {
    return true;
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    if (gradInputs[0] == null) {
      return;
    }
    Tiles.run(
        pool,
        2 * COST,
        new View[] {inputs[0], gradOutputs[0]},
        gradInputs,
        4,
        new int[] {2},
        (blocks, rows, n) -> {
          inner(rows[0], rows[2], n);
          if (approximate) {
            smoothSlope(rows[0], rows[1], rows[2], n);
          } else {
            bell(rows[0], rows[3], n);
            FloatFunctions.exp(blocks, rows[3], rows[3], n);
            exactSlope(rows[0], rows[1], rows[3], rows[2], n);
          }
        });
  }

  private static void bell(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -0.5f * (x[i] * x[i]);
    }
  }

  /** {@code g (Φ(x) + x φ(x))}, where y is {@code erf(x / √2)} before. */
  private static void exactSlope(float[] x, float[] g, float[] bell, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = g[i] * (0.5f * (1 + y[i]) + x[i] * (NORMAL * bell[i]));
    }
  }

  /** The derivative of {@code x / 2 (1 + t)}, where y is the tanh t before. */
  private static void smoothSlope(float[] x, float[] g, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float t = y[i];
      float inner = ROOT + 3 * CUBIC * (x[i] * x[i]);
      y[i] = g[i] * (0.5f * (1 + t) + 0.5f * x[i] * (1 - t * t) * inner);
    }
  }
}
