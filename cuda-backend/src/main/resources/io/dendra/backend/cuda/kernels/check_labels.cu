// Looks for class numbers out of range, for kernels that take them for granted.

#include "index_faults.cu"

extern "C" __global__ void __launch_bounds__(BLOCK)
check(const int64 *labels, int64 size, int64 classes, IndexFault *fault, int op) {
  int64 i = thread_index();
  if (i < size) {
    within(labels[i], classes, fault, op);
  }
}
