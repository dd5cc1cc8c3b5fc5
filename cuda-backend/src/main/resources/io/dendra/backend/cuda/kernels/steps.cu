// Steps of optimizers, in place, of many parameters at once. T: the type of elements. STEP: one of
// the rules below. OPERANDS: the number of its operands, weight and gradient first.

typedef Arithmetic<T>::type C;

#define TENSORS 64
#define PACKS 2
#define CHUNK (BLOCK * PACK * PACKS)

// The numbers of a step; from memory where they change while launches are frozen: those of all
// parameters first, then the decay of each.
struct Numbers {
  double at[4];
};

__device__ inline Numbers current(const Numbers &numbers, const uint64 *variables, int count) {
  if (!variables) {
    return numbers;
  }
  Numbers changed;
  for (int k = 0; k < count; k++) {
    changed.at[k] = ((const double *)variables)[k];
  }
  return changed;
}

// p' = p (1 - decay) - alpha m' / (sqrt(v') + epsilon)
struct Adam {
  static const int NUMBERS = 4;
  C alpha, beta1, beta2, epsilon, keep;
  __device__ Adam(const Numbers &n, double decay)
      : alpha((C)n.at[0]), beta1((C)(1 - n.at[1])), beta2((C)(1 - n.at[2])),
        epsilon((C)n.at[3]), keep((C)(1 - decay)) {}
  __device__ inline void apply(C *x) const {
    x[2] += beta1 * (x[1] - x[2]);
    x[3] += beta2 * (x[1] * x[1] - x[3]);
    x[0] = x[0] * keep - alpha * x[2] / (f_sqrt(x[3]) + epsilon);
  }
};

// v' = momentum v - rate g, p' = p + v'
struct Momentum {
  static const int NUMBERS = 2;
  C rate, momentum;
  __device__ Momentum(const Numbers &n, double) : rate((C)n.at[0]), momentum((C)n.at[1]) {}
  __device__ inline void apply(C *x) const {
    x[2] = momentum * x[2] - rate * x[1];
    x[0] += x[2];
  }
};

// p' = p + momentum v' - rate g
struct Nesterov {
  static const int NUMBERS = 2;
  C rate, momentum;
  __device__ Nesterov(const Numbers &n, double) : rate((C)n.at[0]), momentum((C)n.at[1]) {}
  __device__ inline void apply(C *x) const {
    C move = rate * x[1];
    x[2] = momentum * x[2] - move;
    x[0] = x[0] + momentum * x[2] - move;
  }
};

// p' = p - rate g
struct Descent {
  static const int NUMBERS = 2;
  C rate;
  __device__ Descent(const Numbers &n, double) : rate((C)n.at[0]) {}
  __device__ inline void apply(C *x) const { x[0] -= rate * x[1]; }
};

struct Pointers {
  int64 at[OPERANDS];
};

// Parameters whose operands are gapless ranges in one order.
struct Table {
  int64 count;
  int64 first;               // the number of the first of them among all
  int64 at[OPERANDS][TENSORS];
  int64 size[TENSORS];
  int64 blocks[TENSORS];     // the number of blocks of those before
  double decay[TENSORS];
};

__device__ inline void step(T *const *x, int64 i, const STEP &rule) {
  C values[OPERANDS];
  for (int k = 0; k < OPERANDS; k++) {
    values[k] = load(x[k][i]);
  }
  rule.apply(values);
  for (int k = 0; k < OPERANDS; k++) {
    if (k != 1) {
      x[k][i] = store<T>(values[k]);
    }
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const Table table, const Numbers numbers, const uint64 *variables) {
  int low = 0;
  int high = (int)table.count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (table.blocks[middle] <= blockIdx.x) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  double decay = variables && STEP::NUMBERS == 4
      ? ((const double *)variables)[4 + table.first + low] : table.decay[low];
  STEP rule(current(numbers, variables, STEP::NUMBERS), decay);
  T *x[OPERANDS];
  bool aligned = true;
#pragma unroll
  for (int k = 0; k < OPERANDS; k++) {
    x[k] = (T *)table.at[k][low];
    aligned = aligned && table.at[k][low] % sizeof(Pack<T>) == 0;
  }
  int64 size = table.size[low];
  int64 start = (blockIdx.x - table.blocks[low]) * CHUNK;
  if (aligned && start + CHUNK <= size) {
    Pack<T> packs[PACKS][OPERANDS];
#pragma unroll
    for (int r = 0; r < PACKS; r++) {
#pragma unroll
      for (int k = 0; k < OPERANDS; k++) {
        packs[r][k] = *(const Pack<T> *)(x[k] + start + (r * BLOCK + threadIdx.x) * PACK);
      }
    }
#pragma unroll
    for (int r = 0; r < PACKS; r++) {
#pragma unroll
      for (int j = 0; j < PACK; j++) {
        C values[OPERANDS];
        for (int k = 0; k < OPERANDS; k++) {
          values[k] = load(packs[r][k].at[j]);
        }
        rule.apply(values);
        for (int k = 0; k < OPERANDS; k++) {
          packs[r][k].at[j] = store<T>(values[k]);
        }
      }
#pragma unroll
      for (int k = 0; k < OPERANDS; k++) {
        if (k != 1) {
          *(Pack<T> *)(x[k] + start + (r * BLOCK + threadIdx.x) * PACK) = packs[r][k];
        }
      }
    }
  } else {
    int64 end = start + CHUNK < size ? start + CHUNK : size;
    for (int64 i = start + threadIdx.x; i < end; i += BLOCK) {
      step(x, i, rule);
    }
  }
}

// One parameter whose operands lie in different orders.
extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const Pointers pointers, const Geometry<OPERANDS> geometry, const Numbers numbers,
    double decay, const uint64 *variables) {
  int64 i = thread_index();
  if (i < geometry.size) {
    int64 at[OPERANDS];
    locate<int64, OPERANDS>(geometry, i, at);
    T *x[OPERANDS];
    for (int k = 0; k < OPERANDS; k++) {
      x[k] = (T *)pointers.at[k] + at[k];
    }
    double current_decay =
        variables && STEP::NUMBERS == 4 ? ((const double *)variables)[4] : decay;
    step(x, 0, STEP(current(numbers, variables, STEP::NUMBERS), current_decay));
  }
}
