// Attention, softmax(q kᵀ scale) v, tile by tile, so that no score leaves the chip (T. Dao et al.,
// FlashAttention, 2022). T: the type of elements; D: size of a head with what pads it, 16 or a
// greater power of two; TILE: queries and keys at a time, 32 or 64; VEC: neighbours of a row that
// are read at once; MASKED: 0 or 1.
//
// Threads form a square of SIDE². Each has LINES rows of a tile of scores and as many columns,
// these SIDE apart.

#define SIDE 16
#define LINES (TILE / SIDE)
#define WIDE (D + 4)      // padded so that rows begin in different banks
#define NARROW (TILE + 4)
#define OWN (D / SIDE)    // columns of a thread in a tile of queries, keys or values
#define RUN (OWN < 4 ? OWN : 4)
#define UNROLL _Pragma("unroll")
#define BARRED -1e9f
#define LOG2_E 1.4426950408889634f

// Distances along batch, heads, rows and within a row.
struct Strides {
  int64 at[4];
};

struct Sizes {
  int64 heads;
  int64 queries;
  int64 keys;
  int64 size;
  int64 value_size;
};

struct __align__(sizeof(T) * VEC) Neighbours {
  T at[VEC];
};

struct __align__(16) Four {
  float at[4];
};

// Of a row of scores: the greatest, 1 / Σ 2^(score - greatest), and Σ g out. The first two are not
// one logarithm, since where all is barred the greatest has no digits left for the sum.
struct __align__(16) RowSums {
  float top;
  float share;
  float dot;
  float unused;
};

__device__ inline int tx() { return threadIdx.x % SIDE; }
__device__ inline int ty() { return threadIdx.x / SIDE; }

// A thread's column k in a tile of queries, keys or values: RUN neighbours, SIDE * RUN apart.
__device__ inline int own(int k) { return (k / RUN * SIDE + tx()) * RUN + k % RUN; }

// The matrix of one head.
template <class E>
__device__ inline E *matrix(E *x, const Strides &strides, const Sizes &sizes, int64 head) {
  return x + head / sizes.heads * strides.at[0] + head % sizes.heads * strides.at[1];
}

// Rows from `first` on, with zeros behind the last row and the last column.
__device__ inline void read_tile(const T *x, const Strides &strides, int64 first, int64 rows,
    int64 columns, float (*tile)[WIDE]) {
  for (int i = threadIdx.x * VEC; i < TILE * D; i += SIDE * SIDE * VEC) {
    int row = i / D;
    int column = i % D;
    bool there = first + row < rows && column < columns;
    const T *from = x + (first + row) * strides.at[2] + column * strides.at[3];
    Neighbours in;
    if (there) {
      in = *(const Neighbours *)from;
    }
    UNROLL for (int v = 0; v < VEC; v++) {
      tile[row][column + v] = there ? load(in.at[v]) : 0.0f;
    }
  }
}

// Products of rows of two tiles.
__device__ inline void products(const float (*a)[WIDE], const float (*b)[WIDE],
    float (&out)[LINES][LINES]) {
  UNROLL for (int i = 0; i < LINES; i++) {
    UNROLL for (int j = 0; j < LINES; j++) {
      out[i][j] = 0;
    }
  }
#pragma unroll 4
  for (int d = 0; d < D; d += 4) {
    Four left[LINES];
    Four right[LINES];
    UNROLL for (int i = 0; i < LINES; i++) {
      left[i] = *(const Four *)&a[ty() * LINES + i][d];
      right[i] = *(const Four *)&b[tx() + i * SIDE][d];
    }
    UNROLL for (int k = 0; k < 4; k++) {
      UNROLL for (int i = 0; i < LINES; i++) {
        UNROLL for (int j = 0; j < LINES; j++) {
          out[i][j] += left[i].at[k] * right[j].at[k];
        }
      }
    }
  }
}

// Whether attention of this thread's pair (i, j) is open, and whether there is such a pair.
struct Pairs {
  const boolean *mask;
  Strides strides;
  int64 query;
  int64 key;
  int64 queries;
  int64 keys;

  __device__ bool there(int i, int j) const {
    return query + ty() * LINES + i < queries && key + tx() + j * SIDE < keys;
  }

  __device__ bool open(int i, int j) const {
#if MASKED
    return mask[(query + ty() * LINES + i) * strides.at[2] +
                (key + tx() + j * SIDE) * strides.at[3]];
#else
    return true;
#endif
  }
};

// Scores in units of log 2, minus infinity where there is no key.
__device__ inline void scores(const float (*q)[WIDE], const float (*k)[WIDE], const Pairs &pairs,
    float scale, float (&out)[LINES][LINES]) {
  products(q, k, out);
  UNROLL for (int i = 0; i < LINES; i++) {
    UNROLL for (int j = 0; j < LINES; j++) {
      out[i][j] = !pairs.there(i, j) ? -INFINITE
          : (pairs.open(i, j) ? out[i][j] * scale : BARRED) * LOG2_E;
    }
  }
}

template <class Op> __device__ inline float along_row(float value) {
  UNROLL for (int m = SIDE / 2; m > 0; m /= 2) {
    value = Op::of(value, __shfl_xor_sync(0xffffffff, value, m));
  }
  return value;
}
struct Sum { static __device__ float of(float a, float b) { return a + b; } };
struct Max { static __device__ float of(float a, float b) { return f_max(a, b); } };

// out += a b, where the rows of a are this thread's.
__device__ inline void accumulate(const float (*a)[NARROW], const float (*b)[WIDE],
    float (&out)[LINES][OWN]) {
#pragma unroll 2
  for (int j = 0; j < TILE; j += 4) {
    Four left[LINES];
    UNROLL for (int i = 0; i < LINES; i++) {
      left[i] = *(const Four *)&a[ty() * LINES + i][j];
    }
    UNROLL for (int k = 0; k < 4; k++) {
      UNROLL for (int c = 0; c < OWN; c++) {
        float right = b[j + k][own(c)];
        UNROLL for (int i = 0; i < LINES; i++) {
          out[i][c] += left[i].at[k] * right;
        }
      }
    }
  }
}

// out += aᵀ b, where the columns of a are this thread's.
__device__ inline void accumulate_transposed(const float (*a)[NARROW], const float (*b)[WIDE],
    float (&out)[LINES][OWN]) {
#pragma unroll 4
  for (int j = 0; j < TILE; j++) {
    float left[LINES];
    UNROLL for (int i = 0; i < LINES; i++) {
      left[i] = a[j][ty() * LINES + i];
    }
    UNROLL for (int c = 0; c < OWN; c++) {
      float right = b[j][own(c)];
      UNROLL for (int i = 0; i < LINES; i++) {
        out[i][c] += left[i] * right;
      }
    }
  }
}

__device__ inline void clear(float (&values)[LINES][OWN]) {
  UNROLL for (int i = 0; i < LINES; i++) {
    UNROLL for (int c = 0; c < OWN; c++) {
      values[i][c] = 0;
    }
  }
}

__device__ inline void write_tile(T *x, const Strides &strides, int64 first, int64 rows,
    int64 columns, const float (&values)[LINES][OWN]) {
  UNROLL for (int i = 0; i < LINES; i++) {
    int64 row = first + ty() * LINES + i;
    UNROLL for (int c = 0; c < OWN; c++) {
      if (row < rows && own(c) < columns) {
        x[row * strides.at[2] + own(c) * strides.at[3]] = store<T>(values[i][c]);
      }
    }
  }
}

__device__ inline void keep(const float (&values)[LINES][LINES], float (*tile)[NARROW]) {
  UNROLL for (int i = 0; i < LINES; i++) {
    UNROLL for (int j = 0; j < LINES; j++) {
      tile[ty() * LINES + i][tx() + j * SIDE] = values[i][j];
    }
  }
}

typedef float (*Tile)[WIDE];
typedef float (*Weights)[NARROW];

// A block for each tile of queries of each head.
extern "C" __global__ void __launch_bounds__(SIDE * SIDE)
forward(const T *q, const Strides q_strides, const T *k, const Strides k_strides, const T *v,
    const Strides v_strides, const boolean *mask, const Strides mask_strides, T *out,
    const Strides out_strides, const Sizes sizes, float scale) {
  extern __shared__ float shared[];
  Tile queries = (Tile)shared;
  Tile keys = queries + TILE;
  Tile values = keys + TILE;
  Weights weights = (Weights)(values + TILE);
  int64 tiles = (sizes.queries + TILE - 1) / TILE;
  int64 head = blockIdx.x / tiles;
  int64 first = blockIdx.x % tiles * TILE;
  q = matrix(q, q_strides, sizes, head);
  k = matrix(k, k_strides, sizes, head);
  v = matrix(v, v_strides, sizes, head);
  mask = MASKED ? matrix(mask, mask_strides, sizes, head) : 0;
  read_tile(q, q_strides, first, sizes.queries, sizes.size, queries);
  float result[LINES][OWN];
  float highest[LINES];
  float total[LINES];
  clear(result);
  UNROLL for (int i = 0; i < LINES; i++) {
    highest[i] = -INFINITE;
    total[i] = 0;
  }
  for (int64 key = 0; key < sizes.keys; key += TILE) {
    __syncthreads();
    read_tile(k, k_strides, key, sizes.keys, sizes.size, keys);
    read_tile(v, v_strides, key, sizes.keys, sizes.value_size, values);
    __syncthreads();
    Pairs pairs = {mask, mask_strides, first, key, sizes.queries, sizes.keys};
    float score[LINES][LINES];
    scores(queries, keys, pairs, scale, score);
    UNROLL for (int i = 0; i < LINES; i++) {
      float top = score[i][0];
      UNROLL for (int j = 1; j < LINES; j++) {
        top = f_max(top, score[i][j]);
      }
      // Rows behind the last query have no scores; they must not become NaN.
      top = f_max(f_max(highest[i], along_row<Max>(top)), -3e38f);
      float fade = exp2f(highest[i] - top);
      float sum = 0;
      UNROLL for (int j = 0; j < LINES; j++) {
        score[i][j] = exp2f(score[i][j] - top);
        sum += score[i][j];
      }
      highest[i] = top;
      total[i] = total[i] * fade + along_row<Sum>(sum);
      UNROLL for (int c = 0; c < OWN; c++) {
        result[i][c] *= fade;
      }
    }
    keep(score, weights);
    __syncthreads();
    accumulate(weights, values, result);
  }
  UNROLL for (int i = 0; i < LINES; i++) {
    float share = 1 / total[i];
    UNROLL for (int c = 0; c < OWN; c++) {
      result[i][c] *= share;
    }
  }
  write_tile(matrix(out, out_strides, sizes, head), out_strides, first, sizes.queries,
      sizes.value_size, result);
}

extern "C" __global__ void __launch_bounds__(SIDE * SIDE)
row_sums(const T *q, const Strides q_strides, const T *k, const Strides k_strides,
    const boolean *mask, const Strides mask_strides, const T *out, const Strides out_strides,
    const T *g, const Strides g_strides, RowSums *sums, const Sizes sizes, float scale) {
  extern __shared__ float shared[];
  Tile queries = (Tile)shared;
  Tile keys = queries + TILE;
  int64 tiles = (sizes.queries + TILE - 1) / TILE;
  int64 head = blockIdx.x / tiles;
  int64 first = blockIdx.x % tiles * TILE;
  k = matrix(k, k_strides, sizes, head);
  mask = MASKED ? matrix(mask, mask_strides, sizes, head) : 0;
  read_tile(matrix(q, q_strides, sizes, head), q_strides, first, sizes.queries, sizes.size,
      queries);
  float highest[LINES];
  float total[LINES];
  UNROLL for (int i = 0; i < LINES; i++) {
    highest[i] = -3e38f;
    total[i] = 0;
  }
  for (int64 key = 0; key < sizes.keys; key += TILE) {
    __syncthreads();
    read_tile(k, k_strides, key, sizes.keys, sizes.size, keys);
    __syncthreads();
    Pairs pairs = {mask, mask_strides, first, key, sizes.queries, sizes.keys};
    float score[LINES][LINES];
    scores(queries, keys, pairs, scale, score);
    UNROLL for (int i = 0; i < LINES; i++) {
      float top = highest[i];
      UNROLL for (int j = 0; j < LINES; j++) {
        top = f_max(top, score[i][j]);
      }
      total[i] *= exp2f(highest[i] - top);
      UNROLL for (int j = 0; j < LINES; j++) {
        total[i] += exp2f(score[i][j] - top);
      }
      highest[i] = top;
    }
  }
  __syncthreads();
  read_tile(matrix(out, out_strides, sizes, head), out_strides, first, sizes.queries,
      sizes.value_size, queries);
  read_tile(matrix(g, g_strides, sizes, head), g_strides, first, sizes.queries, sizes.value_size,
      keys);
  __syncthreads();
  UNROLL for (int i = 0; i < LINES; i++) {
    float top = along_row<Max>(highest[i]);
    float sum = along_row<Sum>(total[i] * exp2f(highest[i] - top));
    float dot = 0;
    UNROLL for (int c = 0; c < OWN; c++) {
      dot += queries[ty() * LINES + i][own(c)] * keys[ty() * LINES + i][own(c)];
    }
    dot = along_row<Sum>(dot);
    int64 row = first + ty() * LINES + i;
    if (tx() == 0 && row < sizes.queries) {
      RowSums found = {top, 1 / sum, dot, 0};
      sums[head * sizes.queries + row] = found;
    }
  }
}

// Weights p of a tile of pairs, and their gradients p (g vᵀ - Σ g out) scale.
__device__ inline void slopes(Tile queries, Tile keys, Tile values, Tile gradients,
    const Pairs &pairs, const RowSums *sums, float scale,
    float (&weight)[LINES][LINES], float (&slope)[LINES][LINES]) {
  scores(queries, keys, pairs, scale, weight);
  products(gradients, values, slope);
  UNROLL for (int i = 0; i < LINES; i++) {
    int64 row = pairs.query + ty() * LINES + i;
    RowSums of = {0, 0, 0, 0};
    if (row < pairs.queries) {
      of = sums[row];
    }
    UNROLL for (int j = 0; j < LINES; j++) {
      weight[i][j] = exp2f(weight[i][j] - of.top) * of.share;
      bool open = pairs.there(i, j) && pairs.open(i, j);
      slope[i][j] = open ? weight[i][j] * (slope[i][j] - of.dot) * scale : 0;
    }
  }
}

// A block for each tile of queries: dq = slopes k.
extern "C" __global__ void __launch_bounds__(SIDE * SIDE)
query_gradients(const T *q, const Strides q_strides, const T *k, const Strides k_strides,
    const T *v, const Strides v_strides, const boolean *mask, const Strides mask_strides,
    const T *g, const Strides g_strides, const RowSums *sums, T *dq,
    const Strides dq_strides, const Sizes sizes, float scale) {
  extern __shared__ float shared[];
  Tile queries = (Tile)shared;
  Tile keys = queries + TILE;
  Tile values = keys + TILE;
  Tile gradients = values + TILE;
  Weights slope_tile = (Weights)(gradients + TILE);
  int64 tiles = (sizes.queries + TILE - 1) / TILE;
  int64 head = blockIdx.x / tiles;
  int64 first = blockIdx.x % tiles * TILE;
  k = matrix(k, k_strides, sizes, head);
  v = matrix(v, v_strides, sizes, head);
  mask = MASKED ? matrix(mask, mask_strides, sizes, head) : 0;
  read_tile(matrix(q, q_strides, sizes, head), q_strides, first, sizes.queries, sizes.size,
      queries);
  read_tile(matrix(g, g_strides, sizes, head), g_strides, first, sizes.queries, sizes.value_size,
      gradients);
  float result[LINES][OWN];
  clear(result);
  for (int64 key = 0; key < sizes.keys; key += TILE) {
    __syncthreads();
    read_tile(k, k_strides, key, sizes.keys, sizes.size, keys);
    read_tile(v, v_strides, key, sizes.keys, sizes.value_size, values);
    __syncthreads();
    Pairs pairs = {mask, mask_strides, first, key, sizes.queries, sizes.keys};
    float weight[LINES][LINES];
    float slope[LINES][LINES];
    slopes(queries, keys, values, gradients, pairs, sums + head * sizes.queries, scale,
        weight, slope);
    keep(slope, slope_tile);
    __syncthreads();
    accumulate(slope_tile, keys, result);
  }
  write_tile(matrix(dq, dq_strides, sizes, head), dq_strides, first, sizes.queries, sizes.size,
      result);
}

// A block for each tile of keys: dk = slopesᵀ q and dv = weightsᵀ g; either may be 0.
extern "C" __global__ void __launch_bounds__(SIDE * SIDE)
key_gradients(const T *q, const Strides q_strides, const T *k, const Strides k_strides,
    const T *v, const Strides v_strides, const boolean *mask, const Strides mask_strides,
    const T *g, const Strides g_strides, const RowSums *sums, T *dk,
    const Strides dk_strides, T *dv, const Strides dv_strides, const Sizes sizes, float scale) {
  extern __shared__ float shared[];
  Tile queries = (Tile)shared;
  Tile keys = queries + TILE;
  Tile values = keys + TILE;
  Tile gradients = values + TILE;
  Weights weight_tile = (Weights)(gradients + TILE);
  Weights slope_tile = weight_tile + TILE;
  int64 tiles = (sizes.keys + TILE - 1) / TILE;
  int64 head = blockIdx.x / tiles;
  int64 first = blockIdx.x % tiles * TILE;
  q = matrix(q, q_strides, sizes, head);
  g = matrix(g, g_strides, sizes, head);
  mask = MASKED ? matrix(mask, mask_strides, sizes, head) : 0;
  read_tile(matrix(k, k_strides, sizes, head), k_strides, first, sizes.keys, sizes.size, keys);
  read_tile(matrix(v, v_strides, sizes, head), v_strides, first, sizes.keys, sizes.value_size,
      values);
  float key_result[LINES][OWN];
  float value_result[LINES][OWN];
  clear(key_result);
  clear(value_result);
  for (int64 query = 0; query < sizes.queries; query += TILE) {
    __syncthreads();
    read_tile(q, q_strides, query, sizes.queries, sizes.size, queries);
    read_tile(g, g_strides, query, sizes.queries, sizes.value_size, gradients);
    __syncthreads();
    Pairs pairs = {mask, mask_strides, query, first, sizes.queries, sizes.keys};
    float weight[LINES][LINES];
    float slope[LINES][LINES];
    slopes(queries, keys, values, gradients, pairs, sums + head * sizes.queries, scale,
        weight, slope);
    keep(weight, weight_tile);
    keep(slope, slope_tile);
    __syncthreads();
    accumulate_transposed(weight_tile, gradients, value_result);
    accumulate_transposed(slope_tile, queries, key_result);
  }
  if (dk) {
    write_tile(matrix(dk, dk_strides, sizes, head), dk_strides, first, sizes.keys, sizes.size,
        key_result);
  }
  if (dv) {
    write_tile(matrix(dv, dv_strides, sizes, head), dv_strides, first, sizes.keys,
        sizes.value_size, value_result);
  }
}
