package io.dendra.backend.cpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The primitives made so far, by kind and geometry; the least recently used go first. */
final class PrimitiveCache implements AutoCloseable {
  private static final int CAPACITY = 1024;

  /** What a primitive was made for: equal numbers mean an equal primitive. */
  static final class Key {
    private final Object kind;
    private final long[] geometry;
    private final int hash;

    Key(Object kind, long... geometry) {
      this.kind = kind;
      this.geometry = geometry;
      this.hash = 31 * kind.hashCode() + Arrays.hashCode(geometry);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && hash == key.hash
          && kind.equals(key.kind)
          && Arrays.equals(geometry, key.geometry);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final Map<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
  private final OmpThreads threads;

  PrimitiveCache(OmpThreads threads) {
    this.threads = threads;
  }

  /**
   * The primitive of a key, made at its first use; null where oneDNN has none. The caller holds it
   * until it has executed it.
   */
  Primitive get(Key key, Supplier<Primitive> maker) {
    threads.holdToOne();
    synchronized (entries) {
      Entry entry = entries.get(key);
      if (entry == null) {
        entry = new Entry(maker.get());
        entries.put(key, entry);
        evict();
      }
      return entry.primitive == null ? null : entry.primitive.retain();
    }
  }

  private void evict() {
    if (entries.size() > CAPACITY) {
      var oldest = entries.entrySet().iterator();
      Entry entry = oldest.next().getValue();
      oldest.remove();
      entry.release();
    }
  }

  int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  @Override
  public void close() {
    synchronized (entries) {
      entries.values().forEach(Entry::release);
      entries.clear();
    }
  }

  private record Entry(Primitive primitive) {
    void release() {
      if (primitive != null) {
        primitive.release();
      }
    }
  }
}
