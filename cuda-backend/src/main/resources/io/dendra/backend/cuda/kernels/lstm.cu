// The cells of an LSTM between its products; gates in the order input, forget, cell, output. T: float or double.

#include "cells.cu"

struct Gates {
  T input, forget, candidate, output;

  // Before the activations, which the bias precedes.
  __device__ void activate(const T *gates, const T *bias, int64 step, uint32 unit, uint32 units) {
    input = f_sigmoid(gates[0] + bias[unit * step]);
    forget = f_sigmoid(gates[units] + bias[(units + unit) * step]);
    candidate = f_tanh(gates[2 * units] + bias[(2 * units + unit) * step]);
    output = f_sigmoid(gates[3 * units] + bias[(3 * units + unit) * step]);
  }

  __device__ void read(const T *gates, uint32 units) {
    input = gates[0];
    forget = gates[units];
    candidate = gates[2 * units];
    output = gates[3 * units];
  }

  __device__ void write(T *gates, uint32 units) const {
    gates[0] = input;
    gates[units] = forget;
    gates[2 * units] = candidate;
    gates[3 * units] = output;
  }
};

// One step forward. gates: of this step, rows `row` apart; last: where h goes too, or null.
extern "C" __global__ void __launch_bounds__(BLOCK)
forward(const T *gates, int64 row, const T *bias, int64 bias_step, const T *before, const Steps before_steps,
        T *cell, const Steps cell_steps, T *h, const Steps h_steps, T *last, const Steps last_steps,
        uint32 batch, uint32 units) {
  uint32 i = (uint32)thread_index();
  if (i >= batch * units) {
    return;
  }
  uint32 b = i / units;
  uint32 u = i - b * units;
  Gates g;
  g.activate(gates + b * row + u, bias, bias_step, u, units);
  T c = g.forget * at(before, before_steps, b, u) + g.input * g.candidate;
  at(cell, cell_steps, b, u) = c;
  T out = g.output * f_tanh(c);
  at(h, h_steps, b, u) = out;
  if (last) {
    at(last, last_steps, b, u) = out;
  }
}

// All steps again, from products that are known: activates the gates [batch, time, 4 units] in place and keeps the
// cells [batch, time, units].
extern "C" __global__ void __launch_bounds__(BLOCK)
recall(T *gates, const T *bias, int64 bias_step, const T *first, const Steps first_steps, T *cells,
       uint32 batch, uint32 time, uint32 units) {
  uint32 i = (uint32)thread_index();
  if (i >= batch * units) {
    return;
  }
  uint32 b = i / units;
  uint32 u = i - b * units;
  T c = at(first, first_steps, b, u);
  for (uint32 t = 0; t < time; t++) {
    int64 step = (int64)b * time + t;
    T *place = gates + step * 4 * units + u;
    Gates g;
    g.activate(place, bias, bias_step, u, units);
    g.write(place, units);
    c = g.forget * c + g.input * g.candidate;
    cells[step * units + u] = c;
  }
}

// One step back: leaves the gradients before the activations in the place of the gates. above: the gradient of this
// step's output, or null; dh, dc [batch, units]: what comes from the step behind it, dc also what goes to the one
// before.
extern "C" __global__ void __launch_bounds__(BLOCK)
backward(T *gates, int64 row, const T *cells, int64 cells_row, const T *before, const Steps before_steps,
         const T *above, const Steps above_steps, const T *dh, T *dc, uint32 batch, uint32 units) {
  uint32 i = (uint32)thread_index();
  if (i >= batch * units) {
    return;
  }
  uint32 b = i / units;
  uint32 u = i - b * units;
  T *place = gates + b * row + u;
  Gates g;
  g.read(place, units);
  T y = f_tanh(cells[b * cells_row + u]);
  T h = dh[i] + (above ? at(above, above_steps, b, u) : T(0));
  T c = dc[i] + h * g.output * (1 - y * y);
  Gates d;
  d.input = c * g.candidate * g.input * (1 - g.input);
  d.forget = c * at(before, before_steps, b, u) * g.forget * (1 - g.forget);
  d.candidate = c * g.input * (1 - g.candidate * g.candidate);
  d.output = h * y * g.output * (1 - g.output);
  d.write(place, units);
  dc[i] = c * g.forget;
}
