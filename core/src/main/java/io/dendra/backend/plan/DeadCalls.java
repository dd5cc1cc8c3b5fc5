package io.dendra.backend.plan;

import io.dendra.backend.Buffer;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Leaves out calls whose results nobody reads. */
final class DeadCalls {
  private DeadCalls() {}

  static List<Call> removed(List<Call> calls, Set<Buffer> results) {
    Set<Buffer> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    wanted.addAll(results);
    List<Call> kept = new ArrayList<>();
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      if (isWanted(call, wanted)) {
        kept.add(call);
        for (View view : call.reads()) {
          wanted.add(view.buffer());
        }
      }
    }
    Collections.reverse(kept);
    return kept;
  }

  /** One that writes nothing, such as a check, is there for its own sake. */
  private static boolean isWanted(Call call, Set<Buffer> wanted) {
    for (View view : call.writes()) {
      if (!(view.buffer() instanceof PlannedBuffer) || wanted.contains(view.buffer())) {
        return true;
      }
    }
    return call.writes().length == 0;
  }
}
