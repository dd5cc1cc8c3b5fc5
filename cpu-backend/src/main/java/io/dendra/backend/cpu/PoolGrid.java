package io.dendra.backend.cpu;

import io.dendra.backend.PoolSpec;
import io.dendra.tensor.Layout;

/** Where windows begin and end, with the spatial dimensions filled up to three. */
final class PoolGrid {
  final int[] in = {1, 1, 1};
  final int[] out = {1, 1, 1};
  final int[] window = {1, 1, 1};
  final int[] stride = {1, 1, 1};
  final int[] pad = {0, 0, 0};
  final int[] inStep = {0, 0, 0};
  final int[] outStep = {0, 0, 0};

  PoolGrid(PoolSpec spec, Layout x, Layout y) {
    int n = spec.spatialRank();
    for (int i = 0; i < n; i++) {
      int to = 3 - n + i;
      in[to] = Math.toIntExact(x.shape().dim(2 + i));
      out[to] = Math.toIntExact(y.shape().dim(2 + i));
      window[to] = spec.window()[i];
      stride[to] = spec.strides()[i];
      pad[to] = spec.padLow()[i];
      inStep[to] = (int) x.stride(2 + i);
      outStep[to] = (int) y.stride(2 + i);
    }
  }

  int first(int axis, int place) {
    return Math.max(0, place * stride[axis] - pad[axis]);
  }

  int end(int axis, int place) {
    return Math.min(in[axis], place * stride[axis] - pad[axis] + window[axis]);
  }

  int place(int base, int d, int h, int w) {
    return base + d * outStep[0] + h * outStep[1] + w * outStep[2];
  }

  /** Whether no element is in two windows. */
  boolean isDisjoint() {
    return stride[0] >= window[0] && stride[1] >= window[1] && stride[2] >= window[2];
  }

  /** Whether every element is in a window. */
  boolean isCovering() {
    for (int i = 0; i < 3; i++) {
      if (stride[i] > window[i] || (out[i] - 1) * stride[i] - pad[i] + window[i] < in[i]) {
        return false;
      }
    }
    return true;
  }

  int outputs() {
    return out[0] * out[1] * out[2];
  }

  int cost() {
    return window[0] * window[1] * window[2] * 3;
  }
}
