// Matrices of cells, for the kernels of recurrent layers.

// The distances of neighbours in a matrix [batch, units].
struct Steps {
  int64 row;
  int64 column;
};

template <class E> __device__ inline E &at(E *matrix, const Steps &steps, uint32 row, uint32 column) {
  return matrix[row * steps.row + column * steps.column];
}
