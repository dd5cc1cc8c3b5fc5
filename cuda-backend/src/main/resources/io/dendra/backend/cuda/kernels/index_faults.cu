// Indices are checked where they are used. The first that is out of range is written into host
// memory, which the host looks at when it waits for the device; IndexFaults.java reads it.

struct IndexFault {
  int claimed;
  int written;
  int64 op;
  int64 index;
  int64 length;
};

// Whether an index lies within an axis of a length.
__device__ inline bool within(int64 index, int64 length, IndexFault *fault, int op) {
  if (index >= 0 && index < length) {
    return true;
  }
  if (atomicCAS(&fault->claimed, 0, 1) == 0) {
    fault->op = op;
    fault->index = index;
    fault->length = length;
    __threadfence_system();
    *(volatile int *)&fault->written = 1;
  }
  return false;
}
