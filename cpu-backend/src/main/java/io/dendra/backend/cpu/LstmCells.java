package io.dendra.backend.cpu;

import io.dendra.backend.View;
import java.nio.FloatBuffer;

/**
 * What an LSTM remembers of each step, and the arithmetic of its cells. All of it is time-major:
 * the rows of a batch at one step lie one behind the other.
 *
 * @param gates {@code [4, time, batch, units]}, so that a gate of a step is one stretch of memory
 * @param cells {@code [time + 1, batch, units]}: the first state, and that after each step
 * @param squashed {@code [time, batch, units]}, tanh of the state after each step
 * @param hidden {@code [time + 1, batch, units]}: the first output, and that of each step
 */
record LstmCells(View gates, View cells, View squashed, View hidden) {
  /** The number of elements of one gate over all steps. */
  int gate() {
    return Math.toIntExact(squashed.layout().size());
  }

  /** The number of elements of one step. */
  int step() {
    return (int) (squashed.shape().dim(1) * squashed.shape().dim(2));
  }

  /**
   * The loops over the cells, on a thread's own lines. Each loop does little and counts from 0:
   * that is what the compiler makes vectors of.
   */
  static final class Loops implements AutoCloseable {
    private final HeapLines lines;
    private final float[][] line;
    private final FloatBuffer gates;
    private final FloatBuffer cells;
    private final FloatBuffer squashed;
    private final FloatBuffer hidden;
    private final int atGates;
    private final int atCells;
    private final int atSquashed;
    private final int atHidden;
    private final int gate;
    private final int step;

    Loops(LstmCells memory, HeapLines lines) {
      this.lines = lines;
      line = lines.take();
      Cells ofGates = Cells.of(memory.gates);
      gates = ofGates.floats();
      atGates = ofGates.base;
      Cells ofCells = Cells.of(memory.cells);
      cells = ofCells.floats();
      atCells = ofCells.base;
      Cells ofSquashed = Cells.of(memory.squashed);
      squashed = ofSquashed.floats();
      atSquashed = ofSquashed.base;
      Cells ofHidden = Cells.of(memory.hidden);
      hidden = ofHidden.floats();
      atHidden = ofHidden.base;
      gate = memory.gate();
      step = memory.step();
    }

    private float[] gate(int which, int from, int n) {
      gates.get(atGates + which * gate + from, line[which], 0, n);
      return line[which];
    }

    /** {@code c = forget c + input candidate} for some elements of a step. */
    void advance(int from, int count) {
      for (int done = 0; done < count; done += HeapLines.LENGTH) {
        int n = Math.min(HeapLines.LENGTH, count - done);
        int at = from + done;
        float[] c = line[4];
        cells.get(atCells + at, c, 0, n);
        advance(c, gate(1, at, n), gate(0, at, n), gate(2, at, n), n);
        cells.put(atCells + step + at, c, 0, n);
      }
    }

    private static void advance(float[] c, float[] forget, float[] input, float[] value, int n) {
      for (int k = 0; k < n; k++) {
        c[k] = forget[k] * c[k] + input[k] * value[k];
      }
    }

    /** {@code h = output tanh(c)}. */
    void emit(int from, int count) {
      for (int done = 0; done < count; done += HeapLines.LENGTH) {
        int n = Math.min(HeapLines.LENGTH, count - done);
        int at = from + done;
        float[] y = line[4];
        squashed.get(atSquashed + at, y, 0, n);
        multiply(y, gate(3, at, n), n);
        hidden.put(atHidden + step + at, y, 0, n);
      }
    }

    private static void multiply(float[] a, float[] b, int n) {
      for (int k = 0; k < n; k++) {
        a[k] *= b[k];
      }
    }

    /**
     * Walks back over some units of some rows at one step, whole rows if there are several: from
     * the gradient of the output to those of the gates before their activation, and of the state
     * before the step.
     *
     * @param from the first element in a gate
     * @param h the gradient of the output
     * @param c the gradient of the state, which is updated
     * @param atState the first element of both
     * @param to the gradients of the gates, side by side for each row
     * @param units the width of a gate in them
     */
    void retreat(
        int from,
        int rows,
        int width,
        FloatBuffer h,
        FloatBuffer c,
        int atState,
        FloatBuffer to,
        int atTo,
        int units) {
      int n = rows * width;
      float[] input = gate(0, from, n);
      float[] forget = gate(1, from, n);
      float[] candidate = gate(2, from, n);
      float[] output = gate(3, from, n);
      float[] y = line[4];
      squashed.get(atSquashed + from, y, 0, n);
      float[] before = line[5];
      cells.get(atCells + from, before, 0, n);
      float[] dh = line[6];
      h.get(atState, dh, 0, n);
      float[] dc = line[7];
      c.get(atState, dc, 0, n);
      state(dc, dh, output, y, n);
      sigmoid(dc, candidate, input, line[8], n);
      sigmoid(dc, before, forget, line[9], n);
      tanh(dc, input, candidate, line[10], n);
      sigmoid(dh, y, output, line[11], n);
      multiply(dc, forget, n);
      c.put(atState, dc, 0, n);
      for (int row = 0; row < rows; row++) {
        for (int g = 0; g < 4; g++) {
          to.put(atTo + (4 * row + g) * units, line[8 + g], row * width, width);
        }
      }
    }

    /** {@code dc += dh output (1 - y²)}. */
    private static void state(float[] dc, float[] dh, float[] output, float[] y, int n) {
      for (int k = 0; k < n; k++) {
        dc[k] += dh[k] * output[k] * (1 - y[k] * y[k]);
      }
    }

    /** Through a product and then a sigmoid. */
    private static void sigmoid(float[] d, float[] factor, float[] s, float[] to, int n) {
      for (int k = 0; k < n; k++) {
        to[k] = d[k] * factor[k] * s[k] * (1 - s[k]);
      }
    }

    private static void tanh(float[] d, float[] factor, float[] t, float[] to, int n) {
      for (int k = 0; k < n; k++) {
        to[k] = d[k] * factor[k] * (1 - t[k] * t[k]);
      }
    }

    @Override
    public void close() {
      lines.giveBack(line);
    }
  }
}
