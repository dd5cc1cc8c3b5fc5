// Adds each update to its own place along an axis, where each lane has indices of its own. T: the
// type of elements.

#include "index_faults.cu"

#define SLOTS 2048
#define NOBODY 0x7fffffff

typedef Arithmetic<T>::type C;

// The elements of a lane: their number and the steps between indices, updates and sums.
struct Lane {
  int64 count;
  int64 length;
  int64 steps[3];
};

// A thread for each lane. The operands of the geometry: where lanes begin in the indices, the
// updates and the sums.
extern "C" __global__ void __launch_bounds__(BLOCK)
by_thread(const int64 *indices, const T *updates, C *sums, IndexFault *fault, int op,
          const Lane lane, const Geometry<3> lanes) {
  int64 i = thread_index();
  if (i >= lanes.size) {
    return;
  }
  int64 at[3];
  locate<int64, 3>(lanes, i, at);
  for (int64 k = 0; k < lane.count; k++) {
    int64 index = indices[at[0] + k * lane.steps[0]];
    if (within(index, lane.length, fault, op)) {
      sums[at[2] + index * lane.steps[2]] += load(updates[at[1] + k * lane.steps[1]]);
    }
  }
}

// A block for each lane, which takes updates together. Of those that want one slot, the first adds
// and the others wait for the next round: places are added to in the order of the indices.
extern "C" __global__ void __launch_bounds__(BLOCK)
by_block(const int64 *indices, const T *updates, C *sums, IndexFault *fault, int op,
         const Lane lane, const Geometry<3> lanes) {
  __shared__ int owners[SLOTS];
  for (int k = threadIdx.x; k < SLOTS; k += BLOCK) {
    owners[k] = NOBODY;
  }
  int64 at[3];
  locate<int64, 3>(lanes, blockIdx.x, at);
  int me = threadIdx.x;
  __syncthreads();
  for (int64 first = 0; first < lane.count; first += BLOCK) {
    int64 k = first + me;
    bool waiting = k < lane.count;
    int64 index = 0;
    C update = 0;
    if (waiting) {
      index = indices[at[0] + k * lane.steps[0]];
      waiting = within(index, lane.length, fault, op);
      update = load(updates[at[1] + k * lane.steps[1]]);
    }
    int slot = (int)index & (SLOTS - 1);
    do {
      if (waiting) {
        atomicMin(&owners[slot], me);
      }
      __syncthreads();
      bool mine = waiting && owners[slot] == me;
      if (mine) {
        sums[at[2] + index * lane.steps[2]] += update;
        waiting = false;
      }
      __syncthreads();
      if (mine) {
        owners[slot] = NOBODY;
      }
    } while (__syncthreads_or(waiting));
  }
}

// Sums as elements, where they are computed in another type.
extern "C" __global__ void __launch_bounds__(BLOCK) settle(const C *sums, T *out, int64 size) {
  int64 i = thread_index();
  if (i < size) {
    out[i] = store<T>(sums[i]);
  }
}
