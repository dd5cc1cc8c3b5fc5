package io.dendra.backend.plan;

import io.dendra.backend.Buffer;
import io.dendra.backend.MemoryPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory for what plans compute in between, shared by plans of which one runs at a time: it grows
 * to what the largest needs.
 */
public final class PlanMemory implements AutoCloseable {
  private final MemoryPool pool;
  private final List<MemoryPool.Block> slots = new ArrayList<>();
  private int version;

  /** Memory from a device's pool, none at first. */
  public PlanMemory(MemoryPool pool) {
    this.pool = pool;
  }

  /** Makes room for slots of these sizes, the largest first. */
  void require(long[] sizes) {
    List<Integer> small = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      if (i == slots.size()) {
        slots.add(null);
      }
      if (slots.get(i) == null || slots.get(i).bytes() < sizes[i]) {
        small.add(i);
      }
    }
    if (small.isEmpty()) {
      return;
    }
    version++;
    small.forEach(this::release);
    // What is cached for the eager steps before is not wanted beside it.
    pool.trim();
    for (int i : small) {
      slots.set(i, pool.allocate(sizes[i], "training step", "plan"));
    }
  }

  private void release(int i) {
    if (slots.get(i) != null) {
      pool.free(slots.get(i));
      slots.set(i, null);
    }
  }

  Buffer slot(int number) {
    return slots.get(number).buffer();
  }

  /** Changes whenever a slot has moved. */
  int version() {
    return version;
  }

  @Override
  public void close() {
    for (int i = 0; i < slots.size(); i++) {
      release(i);
    }
    slots.clear();
    version++;
  }
}
