package io.dendra.backend.cpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The primitives made so far, by kind and geometry; the least recently used go first.
 *
 * <p>That of a matrix product takes 0.3 MiB, so how many are kept follows from use: each that comes
 * back after it had gone makes room for one more, as in the steps of a large network; each new one
 * takes a place away, as in a search, whose trials leave sizes that are never seen again. After
 * Megiddo and Modha, ARC: A Self-Tuning, Low Overhead Replacement Cache (2003), which learns from
 * the keys of what has gone, too.
 */
final class PrimitiveCache implements AutoCloseable {
  /** As many as three networks of a dozen layers need. */
  static final int FEWEST = 128;

  static final int MOST = 1024;

  /** What a primitive was made for: equal numbers mean an equal primitive. */
  static final class Key {
    private Object kind;
    private long[] geometry;
    private int count;

    Key(Object kind, long... geometry) {
      this.kind = kind;
      this.geometry = geometry;
      this.count = geometry.length;
    }

    /** This one with a number more. */
    Key and(long number) {
      if (count == geometry.length) {
        geometry = Arrays.copyOf(geometry, 2 * count);
      }
      geometry[count++] = number;
      return this;
    }

    /** One that stays as it is. */
    private Key copy() {
      return new Key(kind, Arrays.copyOf(geometry, count));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && kind.equals(key.kind)
          && Arrays.equals(geometry, 0, count, key.geometry, 0, key.count);
    }

    @Override
    public int hashCode() {
      int hash = kind.hashCode();
      for (int i = 0; i < count; i++) {
        hash = 31 * hash + Long.hashCode(geometry[i]);
      }
      return hash;
    }
  }

  private static final ThreadLocal<Key> LOOKED_UP =
      ThreadLocal.withInitial(() -> new Key("", new long[16]));

  private final Map<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);

  /** The keys of those that went last, the oldest first. */
  private final Set<Key> gone = new LinkedHashSet<>();

  private int room = FEWEST;
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
        room = gone.remove(key) ? Math.min(MOST, room + 1) : Math.max(FEWEST, room - 1);
        entries.put(key, entry);
        evict();
      }
      return entry.primitive == null ? null : entry.primitive.retain();
    }
  }

  /** A key of the calling thread, to add numbers to and then to {@link #find} by. */
  static Key key(Object kind) {
    Key key = LOOKED_UP.get();
    key.kind = kind;
    key.count = 0;
    return key;
  }

  /**
   * As {@link #get}, but null where the primitive has not been made: then {@link #make} is next. So
   * that one that is there is found without making an object.
   */
  Primitive find(Key key) {
    threads.holdToOne();
    synchronized (entries) {
      Entry entry = entries.get(key);
      return entry == null || entry.primitive == null ? null : entry.primitive.retain();
    }
  }

  /** The primitive of a thread's own key, as {@link #get}. */
  Primitive make(Key key, Supplier<Primitive> maker) {
    return get(key.copy(), maker);
  }

  private void evict() {
    var oldest = entries.entrySet().iterator();
    while (entries.size() > room) {
      Map.Entry<Key, Entry> next = oldest.next();
      oldest.remove();
      gone.add(next.getKey());
      next.getValue().release();
    }
    var forgotten = gone.iterator();
    while (entries.size() + gone.size() > MOST) {
      forgotten.next();
      forgotten.remove();
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
      gone.clear();
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
