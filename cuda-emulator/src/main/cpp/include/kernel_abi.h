// What a compiled kernel module and the fake driver know of each other.
#pragma once

struct EmulatorExtent {
  unsigned x, y, z;
};

// What the lanes of a warp gave each other at their last common exchange, and which lanes took part.
struct EmulatorExchange {
  unsigned long long values[32];
  unsigned lanes;
};

// The built-in variables of the thread that runs now, and its ways to wait for others.
struct EmulatorThread {
  EmulatorExtent thread, block, block_size, grid_size;
  unsigned shared_bytes;
  // Waits for the block; returns in how many of its threads the predicate was true.
  int (*sync_block)(int predicate);
  // Waits for the lanes of the mask, and hands each the values of all.
  const EmulatorExchange *(*sync_warp)(unsigned mask, unsigned long long value);
};

// One __global__ function: run() executes it for one thread.
struct EmulatorKernel {
  const char *name;
  void (*run)(void **parameters);
  int parameters;
  const unsigned *sizes, *alignments, *pointers;
};

// Raised with every change of this file: a driver refuses modules compiled for another.
static constexpr int EMULATOR_ABI = 1;

struct EmulatorModule {
  int abi;
  EmulatorThread *current;
  char *dynamic_shared;
  unsigned long dynamic_shared_size;
  char *uninitialised, *uninitialised_end;
  const EmulatorKernel *kernels;
  int kernel_count;
};
