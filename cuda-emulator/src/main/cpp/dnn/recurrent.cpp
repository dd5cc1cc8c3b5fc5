// Recurrent layers (the v8 functions): LSTM, GRU and plain cells, any number of layers, one or both directions, padded
// sequences of different lengths. No projections, no dropout between layers.
#include <memory>

#include "dnn.h"

namespace {

enum Cell { RELU = 0, TANH = 1, LSTM = 2, GRU = 3 };
enum { SEQUENCE_MAJOR = 0, SEQUENCE_MAJOR_PACKED = 1, BATCH_MAJOR = 2 };
enum { NO_BIAS = 0, INPUT_BIAS = 1, BOTH_BIASES = 2, RECURRENT_BIAS = 3 };

struct Recurrent {
  int cell = LSTM, bias = BOTH_BIASES, directions = 1, data_type = 0;
  int inputs = 0, hidden = 0, layers = 1;

  int gates() const { return cell == LSTM ? 4 : cell == GRU ? 3 : 1; }
  int inputs_of(int layer) const { return layer ? hidden * directions : inputs; }
  bool has_bias(bool recurrent) const { return bias == BOTH_BIASES || bias == (recurrent ? RECURRENT_BIAS : INPUT_BIAS); }
  Type type() const { return type_of(data_type); }

  // Weights lie matrix after matrix, then bias after bias: per layer and direction those of the input gate by gate,
  // then the recurrent ones. Returns the offset in elements; gate counts through both kinds.
  size_t matrix(int pseudo, int gate) const {
    size_t offset = 0;
    for (int p = 0; p < pseudo; p++) offset += (size_t)gates() * (size_t)hidden * (size_t)(inputs_of(p / directions) + hidden);
    int own = std::min(gate, gates()), recurrent = gate - own;
    return offset + (size_t)hidden * ((size_t)own * (size_t)inputs_of(pseudo / directions) + (size_t)recurrent * (size_t)hidden);
  }
  size_t matrices() const { return matrix(layers * directions, 0); }
  int biases() const { return (has_bias(false) + has_bias(true)) * gates(); }
  size_t bias_at(int pseudo, int gate) const {
    int index = has_bias(false) ? gate : gate - gates();
    return matrices() + (size_t)(pseudo * biases() + index) * (size_t)hidden;
  }
  size_t weights() const { return matrices() + (size_t)(layers * directions * biases()) * (size_t)hidden; }
};

struct Sequences {
  int data_type = 0, layout = 0, steps = 0, batch = 0, size = 0;
  std::vector<int> lengths;
  double padding = 0;

  Type type() const { return type_of(data_type); }
  size_t at(int step, int example) const {
    return (size_t)(layout == BATCH_MAJOR ? example * steps + step : step * batch + example) * (size_t)size;
  }
  size_t bytes() const { return (size_t)steps * (size_t)batch * (size_t)size * bytes_of(type()); }
};

using Numbers = std::vector<double>;

Numbers read(const void *p, Type type, size_t n) {
  Numbers v(n);
  if (p)
    for (size_t i = 0; i < n; i++) v[i] = load<double>(p, type, i);
  return v;
}

void write(void *p, Type type, const Numbers &v) {
  for (size_t i = 0; i < v.size() && p; i++) store(p, type, i, v[i]);
}

double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }

// What the forward pass keeps of one step of one example for the backward pass, as doubles in the reserve space:
// gates[4H] (of the GRU also its recurrent term), gradients[4H] of what goes into them, by the recurrent weights and by
// the input weights, cell[H], output[H].
struct Step {
  double *gates, *recurrent_gradients, *input_gradients, *cell, *output;
  static size_t size(const Recurrent &r) { return 14 * (size_t)r.hidden; }
  Step(const Recurrent &r, const Sequences &x, double *reserve, int pseudo, int step, int example) {
    size_t index = ((size_t)pseudo * (size_t)x.steps + (size_t)step) * (size_t)x.batch + (size_t)example;
    size_t h = (size_t)r.hidden;
    gates = reserve + index * size(r);
    recurrent_gradients = gates + 4 * h;
    input_gradients = gates + 8 * h;
    cell = gates + 12 * h;
    output = gates + 13 * h;
  }
};

class Network {
 public:
  Network(const Recurrent &r, const Sequences &x, const void *weights, double *reserve)
      : r(r), x(x), w(read(weights, r.type(), r.weights())), reserve(reserve) {}

  void forward(const void *input, const Sequences &yd, void *y, const void *hx, void *hy, const void *cx, void *cy) {
    Type type = r.type();
    size_t states = (size_t)(pseudo_layers() * x.batch * r.hidden);
    Numbers h0 = read(hx, type, states), c0 = read(cx, type, states), h1(states), c1(states);
    for (int p = 0; p < pseudo_layers(); p++)
      for (int b = 0; b < x.batch; b++) {
        size_t at = (size_t)((p * x.batch + b) * r.hidden);
        const double *h = &h0[at], *c = &c0[at];
        for (int i = 0; i < x.lengths[(size_t)b]; i++) {
          int t = time(p, b, i);
          Step step(r, x, reserve, p, t, b);
          run_step(p, input_of(p, t, b, input), h, c, step);
          h = step.output;
          c = step.cell;
        }
        std::copy_n(h, r.hidden, &h1[at]);
        std::copy_n(c, r.hidden, &c1[at]);
      }
    for (int t = 0; t < x.steps; t++)
      for (int b = 0; b < x.batch; b++)
        for (int i = 0; i < yd.size; i++) {
          bool inside = t < x.lengths[(size_t)b];
          int pseudo = pseudo_layers() - r.directions + i / r.hidden;
          store(y, type, yd.at(t, b) + (size_t)i,
                inside ? Step(r, x, reserve, pseudo, t, b).output[i % r.hidden] : yd.padding);
        }
    write(hy, type, h1);
    if (r.cell == LSTM) write(cy, type, c1);
  }

  void backward(const Sequences &yd, const void *dy, const void *hx, const void *dhy, void *dhx, const void *cx,
                const void *dcy, void *dcx, void *dx) {
    Type type = r.type();
    size_t states = (size_t)(pseudo_layers() * x.batch * r.hidden);
    Numbers h0 = read(hx, type, states), c0 = read(cx, type, states);
    Numbers dh = read(dhy, type, states), dc = read(dcy, type, states);
    Numbers above = read(dy, type, (size_t)(x.steps * x.batch * yd.size));  // as the layer's outputs lie
    Sequences out = yd;
    for (int layer = r.layers - 1; layer >= 0; layer--) {
      Sequences in = x;
      in.size = r.inputs_of(layer);
      Numbers below((size_t)(x.steps * x.batch * in.size));
      for (int d = 0; d < r.directions; d++) {
        int p = layer * r.directions + d;
        for (int b = 0; b < x.batch; b++) {
          size_t at = (size_t)((p * x.batch + b) * r.hidden);
          for (int i = x.lengths[(size_t)b] - 1; i >= 0; i--) {
            int t = time(p, b, i);
            for (int j = 0; j < r.hidden; j++) dh[at + (size_t)j] += above[out.at(t, b) + (size_t)(d * r.hidden + j)];
            Step step(r, x, reserve, p, t, b);
            bool first = i == 0;
            int before = first ? 0 : time(p, b, i - 1);
            const double *h = first ? &h0[at] : Step(r, x, reserve, p, before, b).output;
            const double *c = first ? &c0[at] : Step(r, x, reserve, p, before, b).cell;
            step_back(p, step, h, c, &dh[at], &dc[at], &below[in.at(t, b)]);
          }
        }
      }
      above = below;
      out = in;
    }
    if (dx) write(dx, type, above);
    write(dhx, type, dh);
    if (r.cell == LSTM) write(dcx, type, dc);
  }

  void weight_gradients(const void *input, const void *hx, Numbers &dw) {
    Numbers h0 = read(hx, r.type(), (size_t)(pseudo_layers() * x.batch * r.hidden));
    for (int p = 0; p < pseudo_layers(); p++)
      for (int b = 0; b < x.batch; b++)
        for (int i = 0; i < x.lengths[(size_t)b]; i++) {
          int t = time(p, b, i);
          Step step(r, x, reserve, p, t, b);
          Numbers in = input_of(p, t, b, input);
          const double *h = i ? Step(r, x, reserve, p, time(p, b, i - 1), b).output
                              : &h0[(size_t)((p * x.batch + b) * r.hidden)];
          for (int g = 0; g < r.gates(); g++) {
            outer(&dw[r.matrix(p, g)], step.input_gradients + g * r.hidden, in.data(), (int)in.size());
            outer(&dw[r.matrix(p, r.gates() + g)], step.recurrent_gradients + g * r.hidden, h, r.hidden);
            for (int j = 0; j < r.hidden; j++) {
              if (r.has_bias(false)) dw[r.bias_at(p, g) + (size_t)j] += step.input_gradients[g * r.hidden + j];
              if (r.has_bias(true)) dw[r.bias_at(p, r.gates() + g) + (size_t)j] += step.recurrent_gradients[g * r.hidden + j];
            }
          }
        }
  }

 private:
  const Recurrent r;
  const Sequences x;
  const Numbers w;
  double *reserve;

  int pseudo_layers() const { return r.layers * r.directions; }

  // The i-th step that this direction makes.
  int time(int pseudo, int example, int i) const {
    return pseudo % r.directions ? x.lengths[(size_t)example] - 1 - i : i;
  }

  Numbers input_of(int pseudo, int t, int b, const void *input) const {
    int layer = pseudo / r.directions;
    Numbers in((size_t)r.inputs_of(layer));
    for (size_t i = 0; i < in.size(); i++) {
      int j = (int)i;
      in[i] = layer == 0 ? load<double>(input, x.type(), x.at(t, b) + i)
                         : Step(r, x, reserve, (layer - 1) * r.directions + j / r.hidden, t, b).output[j % r.hidden];
    }
    return in;
  }

  // bias + matrix * v, for one gate
  double affine(int pseudo, int gate, int row, const double *v, int n) const {
    const double *m = &w[r.matrix(pseudo, gate)] + (size_t)row * (size_t)n;
    double sum = r.has_bias(gate >= r.gates()) ? w[r.bias_at(pseudo, gate) + (size_t)row] : 0;
    for (int i = 0; i < n; i++) sum += m[i] * v[i];
    return sum;
  }

  void run_step(int p, const Numbers &in, const double *h, const double *c, Step &step) const {
    int n = r.hidden, G = r.gates();
    for (int j = 0; j < n; j++) {
      double own[4], back[4];
      for (int g = 0; g < G; g++) {
        own[g] = affine(p, g, j, in.data(), (int)in.size());
        back[g] = affine(p, G + g, j, h, n);
      }
      double *gate = step.gates + j;
      if (r.cell == LSTM) {  // input, forget, new, output
        for (int g = 0; g < 4; g++) gate[g * n] = g == 2 ? std::tanh(own[g] + back[g]) : sigmoid(own[g] + back[g]);
        step.cell[j] = gate[n] * c[j] + gate[0] * gate[2 * n];
        step.output[j] = gate[3 * n] * std::tanh(step.cell[j]);
      } else if (r.cell == GRU) {  // reset, update, new; the recurrent term of new
        gate[0] = sigmoid(own[0] + back[0]);
        gate[n] = sigmoid(own[1] + back[1]);
        gate[2 * n] = std::tanh(own[2] + gate[0] * back[2]);
        gate[3 * n] = back[2];
        step.output[j] = (1 - gate[n]) * gate[2 * n] + gate[n] * h[j];
      } else {
        double v = own[0] + back[0];
        step.output[j] = r.cell == TANH ? std::tanh(v) : std::max(v, 0.0);
      }
    }
  }

  // dh and dc come in as the gradients of this step's output and cell, and leave as those of the step before.
  void step_back(int p, Step &step, const double *h, const double *c, double *dh, double *dc, double *dx) const {
    int n = r.hidden, G = r.gates();
    Numbers direct((size_t)n);  // of the output before, past the recurrent weights
    for (int j = 0; j < n; j++) {
      const double *gate = step.gates + j;
      double *own = step.input_gradients + j, *back = step.recurrent_gradients + j;
      if (r.cell == LSTM) {
        double i = gate[0], f = gate[n], a = gate[2 * n], o = gate[3 * n], t = std::tanh(step.cell[j]);
        double d = dc[j] + dh[j] * o * (1 - t * t);
        own[0] = d * a * i * (1 - i);
        own[n] = d * c[j] * f * (1 - f);
        own[2 * n] = d * i * (1 - a * a);
        own[3 * n] = dh[j] * t * o * (1 - o);
        dc[j] = d * f;
        for (int g = 0; g < 4; g++) back[g * n] = own[g * n];
      } else if (r.cell == GRU) {
        double reset = gate[0], update = gate[n], a = gate[2 * n];
        own[2 * n] = dh[j] * (1 - update) * (1 - a * a);
        own[n] = dh[j] * (h[j] - a) * update * (1 - update);
        own[0] = own[2 * n] * gate[3 * n] * reset * (1 - reset);
        back[0] = own[0];
        back[n] = own[n];
        back[2 * n] = own[2 * n] * reset;
        direct[(size_t)j] = dh[j] * update;
      } else {
        double y = step.output[j];
        own[0] = back[0] = dh[j] * (r.cell == TANH ? 1 - y * y : y > 0 ? 1 : 0);
      }
    }
    int m = r.inputs_of(p / r.directions);
    std::copy_n(direct.begin(), n, dh);
    for (int g = 0; g < G; g++)
      for (int j = 0; j < n; j++) {
        const double *input_row = &w[r.matrix(p, g)] + (size_t)j * (size_t)m;
        const double *recurrent_row = &w[r.matrix(p, G + g)] + (size_t)j * (size_t)n;
        for (int i = 0; i < m; i++) dx[i] += input_row[i] * step.input_gradients[g * n + j];
        for (int i = 0; i < n; i++) dh[i] += recurrent_row[i] * step.recurrent_gradients[g * n + j];
      }
  }

  void outer(double *to, const double *rows, const double *columns, int n) const {
    for (int j = 0; j < r.hidden; j++)
      for (int i = 0; i < n; i++) to[(size_t)j * (size_t)n + (size_t)i] += rows[j] * columns[i];
  }
};

int check(const Recurrent &r, const Sequences &x, const Sequences &y, size_t weight_bytes) {
  if (x.size != r.inputs || y.size != r.hidden * r.directions) return BAD_PARAM;
  if (x.steps != y.steps || x.batch != y.batch || x.lengths != y.lengths || x.type() != r.type()) return BAD_PARAM;
  return weight_bytes >= r.weights() * bytes_of(r.type()) ? OK : BAD_PARAM;
}

size_t reserve_bytes(const Recurrent &r, const Sequences &x) {
  return (size_t)(r.layers * r.directions * x.steps * x.batch) * Step::size(r) * sizeof(double);
}

size_t state_bytes(const Recurrent &r, const Sequences &x, const void *p) {
  return p ? (size_t)(r.layers * r.directions * x.batch * r.hidden) * bytes_of(r.type()) : 0;
}

}  // namespace

#define RNN_DESCRIPTOR(name, type)                              \
  EMULATOR_API int cudnnCreate##name##Descriptor(type **d) {    \
    EMULATOR_ENTER();                                           \
    *d = new type;                                              \
    return OK;                                                  \
  }                                                             \
  EMULATOR_API int cudnnDestroy##name##Descriptor(type *d) {    \
    delete d;                                                   \
    return OK;                                                  \
  }
RNN_DESCRIPTOR(RNN, Recurrent)
RNN_DESCRIPTOR(RNNData, Sequences)

EMULATOR_API int cudnnSetRNNDescriptor_v8(Recurrent *r, int algorithm, int cell, int bias, int direction, int input_mode,
                                          int data_type, int, int, int32_t inputs, int32_t hidden, int32_t projection,
                                          int32_t layers, void *, uint32_t) {
  EMULATOR_ENTER();
  if (inputs < 1 || hidden < 1 || layers < 1 || cell < 0 || cell > GRU) return BAD_PARAM;
  if (algorithm != 0 || input_mode != 0 || projection != hidden || type_of(data_type) == Type::NONE) return NOT_SUPPORTED;
  *r = {cell, bias, direction + 1, data_type, inputs, hidden, layers};
  return OK;
}

EMULATOR_API int cudnnSetRNNDataDescriptor(Sequences *s, int data_type, int layout, int steps, int batch, int size,
                                           const int *lengths, const void *padding) {
  EMULATOR_ENTER();
  if (steps < 1 || batch < 1 || size < 1) return BAD_PARAM;
  if (type_of(data_type) == Type::NONE || layout == SEQUENCE_MAJOR_PACKED) return NOT_SUPPORTED;
  for (int b = 0; b < batch; b++)
    if (lengths[b] < 0 || lengths[b] > steps) return BAD_PARAM;
  *s = {data_type, layout, steps, batch, size, std::vector<int>(lengths, lengths + batch),
        padding ? load<double>(padding, type_of(data_type), 0) : 0};
  return OK;
}

EMULATOR_API int cudnnGetRNNWeightSpaceSize(Handle *h, const Recurrent *r, size_t *bytes) {
  ENTER_DNN();
  *bytes = r->weights() * bytes_of(r->type());
  return OK;
}

EMULATOR_API int cudnnGetRNNTempSpaceSizes(Handle *h, const Recurrent *r, int mode, const Sequences *x, size_t *workspace,
                                           size_t *reserve) {
  ENTER_DNN();
  // Inference keeps its steps in the workspace.
  if (workspace) *workspace = mode == 0 ? reserve_bytes(*r, *x) : 1024;
  if (reserve) *reserve = mode == 0 ? 0 : reserve_bytes(*r, *x);
  return OK;
}

EMULATOR_API int cudnnGetRNNWeightParams(Handle *h, const Recurrent *r, int32_t pseudo, size_t weight_bytes,
                                         const void *weights, int32_t gate, Tensor *matrix, void **matrix_at,
                                         Tensor *bias, void **bias_at) {
  ENTER_DNN();
  if (pseudo < 0 || pseudo >= r->layers * r->directions || gate < 0 || gate >= 2 * r->gates()) return BAD_PARAM;
  if (weight_bytes < r->weights() * bytes_of(r->type())) return BAD_PARAM;
  bool recurrent = gate >= r->gates(), biased = r->has_bias(recurrent);
  auto describe = [&](Tensor *t, int columns) {
    *t = Tensor{};
    t->data_type = r->data_type;
    t->dims = 3;
    const int size[] = {1, r->hidden, columns}, stride[] = {r->hidden * columns, columns, 1};
    std::copy_n(size, 3, t->size);
    std::copy_n(stride, 3, t->stride);
  };
  auto address = [&](size_t elements) { return weights ? (char *)weights + elements * bytes_of(r->type()) : nullptr; };
  if (matrix) describe(matrix, recurrent ? r->hidden : r->inputs_of(pseudo / r->directions));
  if (matrix_at) *matrix_at = address(r->matrix(pseudo, gate));
  if (bias && biased) describe(bias, 1);
  if (bias && !biased) *bias = Tensor{};
  if (bias_at) *bias_at = biased ? address(r->bias_at(pseudo, gate)) : nullptr;
  return OK;
}

EMULATOR_API int cudnnRNNForward(Handle *h, const Recurrent *rd, int mode, const int32_t *, const Sequences *xd, const void *x,
                                 const Sequences *yd, void *y, const Tensor *, const void *hx, void *hy, const Tensor *,
                                 const void *cx, void *cy, size_t weight_bytes, const void *weights,
                                 size_t workspace_bytes, void *workspace, size_t reserved, void *reserve) {
  ENTER_DNN();
  if (int wrong = check(*rd, *xd, *yd, weight_bytes)) return wrong;
  bool training = mode != 0;
  if ((training ? reserved : workspace_bytes) < reserve_bytes(*rd, *xd)) return BAD_PARAM;
  auto r = std::make_shared<Recurrent>(*rd);
  auto X = std::make_shared<Sequences>(*xd), Y = std::make_shared<Sequences>(*yd);
  void *steps = training ? reserve : workspace;
  return submit(h, __func__, {{x, X->bytes()}, {y, Y->bytes()}, {weights, weight_bytes}, {steps, reserve_bytes(*r, *X)},
                              {hx, state_bytes(*r, *X, hx)}, {hy, state_bytes(*r, *X, hy)},
                              {cx, state_bytes(*r, *X, cx)}, {cy, state_bytes(*r, *X, cy)}}, [=] {
    Network(*r, *X, weights, (double *)steps).forward(x, *Y, y, hx, hy, cx, cy);
  });
}

EMULATOR_API int cudnnRNNBackwardData_v8(Handle *h, const Recurrent *rd, const int32_t *, const Sequences *yd, const void *y,
                                         const void *dy, const Sequences *xd, void *dx, const Tensor *, const void *hx,
                                         const void *dhy, void *dhx, const Tensor *, const void *cx, const void *dcy,
                                         void *dcx, size_t weight_bytes, const void *weights, size_t, void *,
                                         size_t reserved, void *reserve) {
  ENTER_DNN();
  if (int wrong = check(*rd, *xd, *yd, weight_bytes)) return wrong;
  if (reserved < reserve_bytes(*rd, *xd)) return BAD_PARAM;
  auto r = std::make_shared<Recurrent>(*rd);
  auto X = std::make_shared<Sequences>(*xd), Y = std::make_shared<Sequences>(*yd);
  return submit(h, __func__, {{dx, X->bytes()}, {y, Y->bytes()}, {dy, Y->bytes()}, {weights, weight_bytes},
                              {reserve, reserved}, {hx, state_bytes(*r, *X, hx)}, {dhy, state_bytes(*r, *X, dhy)},
                              {dhx, state_bytes(*r, *X, dhx)}, {cx, state_bytes(*r, *X, cx)},
                              {dcy, state_bytes(*r, *X, dcy)}, {dcx, state_bytes(*r, *X, dcx)}}, [=] {
    Network(*r, *X, weights, (double *)reserve).backward(*Y, dy, hx, dhy, dhx, cx, dcy, dcx, dx);
  });
}

EMULATOR_API int cudnnRNNBackwardWeights_v8(Handle *h, const Recurrent *rd, int mode, const int32_t *, const Sequences *xd,
                                            const void *x, const Tensor *, const void *hx, const Sequences *yd,
                                            const void *y, size_t weight_bytes, void *d_weights, size_t, void *,
                                            size_t reserved, void *reserve) {
  ENTER_DNN();
  if (int wrong = check(*rd, *xd, *yd, weight_bytes)) return wrong;
  if (reserved < reserve_bytes(*rd, *xd)) return BAD_PARAM;
  if (mode != 0) return NOT_SUPPORTED;  // only CUDNN_WGRAD_MODE_ADD, as in cuDNN
  auto r = std::make_shared<Recurrent>(*rd);
  auto X = std::make_shared<Sequences>(*xd), Y = std::make_shared<Sequences>(*yd);
  return submit(h, __func__, {{x, X->bytes()}, {y, Y->bytes()}, {d_weights, weight_bytes}, {reserve, reserved},
                              {hx, state_bytes(*r, *X, hx)}}, [=] {
    Numbers sums = read(d_weights, r->type(), r->weights());
    Network(*r, *X, nullptr, (double *)reserve).weight_gradients(x, hx, sums);
    write(d_weights, r->type(), sums);
  });
}
