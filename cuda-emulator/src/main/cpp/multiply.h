// Matrix multiplication in float or double, quick enough for tests: operands are copied into panels, tiles of the
// result stay in registers.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

static constexpr int TILE_ROWS = 16, TILE_COLUMNS = 4;

template <class T>
static inline __attribute__((always_inline)) void multiply_tile(int k, const T *a, const T *b, T *c) {
  typedef T Vector __attribute__((vector_size(32)));
  constexpr int lanes = 32 / sizeof(T), vectors = TILE_ROWS / lanes;
  Vector sums[TILE_COLUMNS][vectors] = {};
  const Vector *rows = (const Vector *)a;
  for (int l = 0; l < k; l++, rows += vectors, b += TILE_COLUMNS)
    for (int j = 0; j < TILE_COLUMNS; j++)
      for (int v = 0; v < vectors; v++) sums[j][v] += rows[v] * b[j];
  memcpy(c, sums, sizeof sums);
}

// One version for each kind of processor; the loader picks.
#define MULTIPLY_TILE(type)                                                                              \
  __attribute__((target_clones("fma", "default"))) inline void tile(int k, const type *a,       \
                                                                             const type *b, type *c) {   \
    multiply_tile(k, a, b, c);                                                                           \
  }
MULTIPLY_TILE(float)
MULTIPLY_TILE(double)

template <class T> struct Panels {
  explicit Panels(size_t size) : storage(size + 8) {
    data = (T *)(((uintptr_t)storage.data() + 31) & ~(uintptr_t)31);
  }
  T *data;

 private:
  std::vector<T> storage;
};

// result(i, j, sum over l of a(i, l) * b(l, j)) for i < m, j < n.
template <class T, class A, class B, class Result>
void multiply(int m, int n, int k, A a, B b, Result result) {
  int row_panels = (m + TILE_ROWS - 1) / TILE_ROWS, column_panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  Panels<T> rows((size_t)row_panels * (size_t)k * TILE_ROWS), columns((size_t)column_panels * (size_t)k * TILE_COLUMNS);
  T *to = rows.data;
  for (int i = 0; i < m; i += TILE_ROWS)
    for (int l = 0; l < k; l++)
      for (int r = 0; r < TILE_ROWS; r++) *to++ = i + r < m ? a(i + r, l) : (T)0;
  to = columns.data;
  for (int j = 0; j < n; j += TILE_COLUMNS)
    for (int l = 0; l < k; l++)
      for (int c = 0; c < TILE_COLUMNS; c++) *to++ = j + c < n ? b(l, j + c) : (T)0;
  T sums[TILE_ROWS * TILE_COLUMNS];
  for (int jp = 0; jp < column_panels; jp++)
    for (int ip = 0; ip < row_panels; ip++) {
      tile(k, rows.data + (size_t)ip * (size_t)k * TILE_ROWS, columns.data + (size_t)jp * (size_t)k * TILE_COLUMNS, sums);
      int i0 = ip * TILE_ROWS, j0 = jp * TILE_COLUMNS;
      for (int j = j0; j < std::min(n, j0 + TILE_COLUMNS); j++)
        for (int i = i0; i < std::min(m, i0 + TILE_ROWS); i++) result(i, j, sums[(j - j0) * TILE_ROWS + i - i0]);
    }
}
