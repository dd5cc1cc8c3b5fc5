package io.dendra.backend.plan;

import io.dendra.backend.Buffer;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Which buffers share memory: those that are never in use at the same time. Each takes, at its
 * first write, the smallest slot that is free and large enough, or else lets the largest free one
 * grow.
 */
final class MemoryAssignment {
  private static final class Slot {
    long bytes;
    int busyUntil;
    int rank;
  }

  private final List<Slot> slots = new ArrayList<>();
  private final IdentityHashMap<Buffer, Slot> places = new IdentityHashMap<>();

  /**
   * Shares out memory.
   *
   * @param pinned buffers that have memory of their own
   */
  MemoryAssignment(List<Call> calls, Dataflow flow, Set<Buffer> pinned) {
    IdentityHashMap<Buffer, Dataflow.Use> planned = flow.planned();
    planned.keySet().removeAll(pinned);
    for (int i = 0; i < calls.size(); i++) {
      for (View view : calls.get(i).writes()) {
        Dataflow.Use use = planned.get(view.buffer());
        if (use != null && use.first() == i && !places.containsKey(view.buffer())) {
          Slot slot = inherited(calls.get(i), view, i);
          if (slot == null) {
            slot = free(view.buffer().byteSize(), i);
          }
          slot.busyUntil = use.last();
          places.put(view.buffer(), slot);
        }
      }
    }
    slots.sort(Comparator.comparingLong((Slot slot) -> slot.bytes).reversed());
    for (int i = 0; i < slots.size(); i++) {
      slots.get(i).rank = i;
    }
  }

  /** The place of an operand of a chain that is read there for the last time. */
  private Slot inherited(Call call, View written, int at) {
    if (!(call.operation() instanceof Operation.Forward forward)
        || !(forward.op() instanceof FusedOp.Chain)) {
      return null;
    }
    for (View read : call.reads()) {
      Slot slot = places.get(read.buffer());
      if (slot != null
          && slot.busyUntil == at
          && slot.bytes >= written.buffer().byteSize()
          && read.layout().equals(written.layout())
          && isReadOnce(call, read)) {
        return slot;
      }
    }
    return null;
  }

  private static boolean isReadOnce(Call call, View read) {
    int times = 0;
    for (View other : call.reads()) {
      times += other.buffer() == read.buffer() ? 1 : 0;
    }
    return times == 1;
  }

  private Slot free(long bytes, int at) {
    Slot fitting = null;
    Slot largest = null;
    for (Slot slot : slots) {
      if (slot.busyUntil >= at) {
        continue;
      }
      if (slot.bytes >= bytes && (fitting == null || slot.bytes < fitting.bytes)) {
        fitting = slot;
      }
      if (largest == null || slot.bytes > largest.bytes) {
        largest = slot;
      }
    }
    Slot chosen = fitting != null ? fitting : largest;
    if (chosen == null) {
      chosen = new Slot();
      slots.add(chosen);
    }
    chosen.bytes = Math.max(chosen.bytes, bytes);
    return chosen;
  }

  /** The sizes of the slots, the largest first. */
  long[] sizes() {
    return slots.stream().mapToLong(slot -> slot.bytes).toArray();
  }

  /** The number of a buffer's slot. */
  int slot(Buffer buffer) {
    return places.get(buffer).rank;
  }
}
