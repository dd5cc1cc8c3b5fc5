package io.dendra.sweep.samplers;

import io.dendra.sweep.StudySnapshot;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Remembers what was computed from the latest snapshots, for as long as they live. Each trial has a
 * snapshot of its own and asks several times by it.
 */
final class SnapshotCache<V> {
  private static final int SLOTS = 64;

  private final Function<StudySnapshot, V> compute;
  private final AtomicReferenceArray<Entry<V>> entries = new AtomicReferenceArray<>(SLOTS);

  SnapshotCache(Function<StudySnapshot, V> compute) {
    this.compute = compute;
  }

  /** By identity: to compare snapshots takes longer than what is computed from them. */
  V of(StudySnapshot snapshot) {
    int slot = System.identityHashCode(snapshot) % SLOTS;
    Entry<V> entry = entries.get(slot);
    if (entry != null && entry.snapshot.refersTo(snapshot)) {
      return entry.value;
    }
    V value = compute.apply(snapshot);
    entries.set(slot, new Entry<>(new WeakReference<>(snapshot), value));
    return value;
  }

  private record Entry<V>(WeakReference<StudySnapshot> snapshot, V value) {}
}
