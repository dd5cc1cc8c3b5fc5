// The cells of a GRU between its products; gates in the order update, reset, candidate, the reset gate behind the
// recurrent product. T: float or double.

#include "cells.cu"

// bias [2, 3 units]: that of the input's product, and that of the recurrent one.
struct Gates {
  T update, reset, candidate;
  T inner;  // the candidate's part of the recurrent product

  // x, h: what the products made of the input and of the output before, at this unit.
  __device__ void activate(const T *x, const T *h, const T *bias, const Steps &steps, uint32 unit, uint32 units) {
    update = f_sigmoid(x[0] + at(bias, steps, 0, unit) + h[0] + at(bias, steps, 1, unit));
    reset = f_sigmoid(x[units] + at(bias, steps, 0, units + unit) + h[units] + at(bias, steps, 1, units + unit));
    inner = h[2 * units] + at(bias, steps, 1, 2 * units + unit);
    candidate = f_tanh(x[2 * units] + at(bias, steps, 0, 2 * units + unit) + reset * inner);
  }
};

// One step forward. gates: the input's products of this step, rows `row` apart; inner [batch, 3 units]: the recurrent
// products; last: where h goes too, or null.
extern "C" __global__ void __launch_bounds__(BLOCK)
forward(const T *gates, int64 row, const T *inner, const T *bias, const Steps bias_steps, const T *before,
        const Steps before_steps, T *h, const Steps h_steps, T *last, const Steps last_steps, uint32 batch,
        uint32 units) {
  uint32 i = (uint32)thread_index();
  if (i >= batch * units) {
    return;
  }
  uint32 b = i / units;
  uint32 u = i - b * units;
  Gates g;
  g.activate(gates + b * row + u, inner + b * 3 * units + u, bias, bias_steps, u, units);
  T out = g.candidate + g.update * (at(before, before_steps, b, u) - g.candidate);
  at(h, h_steps, b, u) = out;
  if (last) {
    at(last, last_steps, b, u) = out;
  }
}

// One step back: leaves the gradients of the products in their place. gates, inner: both kinds of products of this
// step, rows `row` apart; above: the gradient of this step's output, or null; dh [batch, units]: what comes from the
// step behind it, then what goes past the products to the one before.
extern "C" __global__ void __launch_bounds__(BLOCK)
backward(T *gates, T *inner, int64 row, const T *bias, const Steps bias_steps, const T *before,
         const Steps before_steps, const T *above, const Steps above_steps, T *dh, uint32 batch, uint32 units) {
  uint32 i = (uint32)thread_index();
  if (i >= batch * units) {
    return;
  }
  uint32 b = i / units;
  uint32 u = i - b * units;
  T *x = gates + b * row + u;
  T *h = inner + b * row + u;
  Gates g;
  g.activate(x, h, bias, bias_steps, u, units);
  T d = dh[i] + (above ? at(above, above_steps, b, u) : T(0));
  T update = d * (at(before, before_steps, b, u) - g.candidate) * g.update * (1 - g.update);
  T candidate = d * (1 - g.update) * (1 - g.candidate * g.candidate);
  T reset = candidate * g.inner * g.reset * (1 - g.reset);
  x[0] = update;
  x[units] = reset;
  x[2 * units] = candidate;
  h[0] = update;
  h[units] = reset;
  h[2 * units] = candidate * g.reset;
  dh[i] = d * g.update;
}
