// The counter-based generator Philox4x32-10, word for word what io.dendra.random.Philox computes.

struct Words {
  uint32 at[4];
};

// Block n of the stream of a key and a counter.
__device__ inline Words philox(uint64 key, uint64 counter, uint64 n) {
  Words c = {{(uint32)n, (uint32)(n >> 32), (uint32)counter, (uint32)(counter >> 32)}};
  uint32 low = (uint32)key;
  uint32 high = (uint32)(key >> 32);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    uint64 first = (uint64)0xd2511f53u * c.at[0];
    uint64 second = (uint64)0xcd9e8d57u * c.at[2];
    Words next = {{(uint32)(second >> 32) ^ c.at[1] ^ low, (uint32)second,
                   (uint32)(first >> 32) ^ c.at[3] ^ high, (uint32)first}};
    c = next;
    low += 0x9e3779b9u;
    high += 0xbb67ae85u;
  }
  return c;
}

// In [0, 1).
__device__ inline float uniform(uint32 word) { return (word >> 8) * (1.0f / 16777216); }

__device__ inline double uniform(uint32 high, uint32 low) {
  return (double)(((uint64)high << 32 | low) >> 11) * (1.0 / 9007199254740992.0);
}
