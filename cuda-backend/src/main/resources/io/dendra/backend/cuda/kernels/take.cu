// Elements at given places of an axis. W: an unsigned type of the size of an element, or of several
// neighbours that are taken together. I: the type of places, uint32 or int64.

#include "index_faults.cu"

struct __align__(16) Sixteen {
  uint64 at[2];
};

// The operands of the geometry: where the axis begins, the index, and the result.
extern "C" __global__ void __launch_bounds__(BLOCK)
take(const W *in, const int64 *indices, W *out, int64 step, int64 length, IndexFault *fault, int op,
     const Geometry<3> geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    int64 index = indices[at[1]];
    W none = {};
    out[at[2]] = within(index, length, fault, op) ? in[at[0] + (I)index * (I)step] : none;
  }
}
