package io.dendra.backend.plan;

import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Which calls write and read each buffer. */
final class Dataflow {
  /** The calls that use a buffer, by their numbers, in order. */
  static final class Use {
    final List<Integer> writers = new ArrayList<>(1);
    final List<Integer> readers = new ArrayList<>(2);

    int first() {
      return writers.isEmpty() ? readers.get(0) : writers.get(0);
    }

    int last() {
      int read = readers.isEmpty() ? -1 : readers.get(readers.size() - 1);
      int written = writers.isEmpty() ? -1 : writers.get(writers.size() - 1);
      return Math.max(read, written);
    }
  }

  private final IdentityHashMap<Buffer, Use> uses = new IdentityHashMap<>();
  private final Set<Buffer> results;

  /** The uses of buffers in calls, some of which are wanted when the calls are done. */
  Dataflow(List<Call> calls, Set<Buffer> results) {
    this.results = results;
    for (int i = 0; i < calls.size(); i++) {
      for (View view : calls.get(i).reads()) {
        note(of(view).readers, i);
      }
      for (View view : calls.get(i).writes()) {
        note(of(view).writers, i);
      }
    }
  }

  private static void note(List<Integer> list, int call) {
    if (list.isEmpty() || list.get(list.size() - 1) != call) {
      list.add(call);
    }
  }

  Use of(View view) {
    return uses.computeIfAbsent(view.buffer(), buffer -> new Use());
  }

  /** The uses of all buffers that have no memory yet. */
  IdentityHashMap<Buffer, Use> planned() {
    IdentityHashMap<Buffer, Use> planned = new IdentityHashMap<>(uses);
    planned.keySet().removeIf(buffer -> !(buffer instanceof PlannedBuffer));
    return planned;
  }

  /** Whether a buffer belongs to the calls and nobody looks at it when they are done. */
  boolean isTemporary(View view) {
    return view.buffer() instanceof PlannedBuffer && !results.contains(view.buffer());
  }
}
