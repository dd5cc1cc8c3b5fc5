package io.dendra.backend.cpu;

import java.util.ArrayList;
import java.util.List;

/**
 * Memory that operations gave back, for the next ones: the C library would return large blocks to
 * the system, and each page of a new one costs a fault.
 *
 * <p>All processors' backends of a process share it, so that its bound is one; the last to close
 * empties it. Any thread may use it.
 */
final class ScratchCache {
  /** What may lie idle; what is more goes back to the system. */
  private static final long BOUND = 256L << 20;

  private static final long GRAIN = 256;
  private static final ScratchCache SHARED = new ScratchCache(BOUND);

  private final long bound;
  private final List<CpuBuffer> idle = new ArrayList<>();
  private long idleBytes;
  private int users;

  ScratchCache(long bound) {
    this.bound = bound;
  }

  /** The one of the process. */
  static ScratchCache shared() {
    return SHARED;
  }

  /** One backend more uses it. */
  synchronized void open() {
    users++;
  }

  /** One backend less. */
  void close() {
    boolean last;
    synchronized (this) {
      last = --users == 0;
    }
    if (last) {
      trim();
    }
  }

  /** Memory of at least that many bytes and at most about twice as many, or null. */
  CpuBuffer take(long bytes) {
    long size = sizeClass(bytes);
    CpuBuffer known = find(size);
    if (known != null) {
      return known;
    }
    CpuBuffer buffer = CpuBuffer.allocate(size);
    if (buffer == null) {
      trim();
      buffer = CpuBuffer.allocate(size);
    }
    return buffer;
  }

  /** The smallest that is large enough, of those the one that came back last: few lie idle. */
  private synchronized CpuBuffer find(long size) {
    int best = -1;
    long least = 2 * size + 1;
    for (int i = idle.size() - 1; i >= 0; i--) {
      long bytes = idle.get(i).byteSize();
      if (bytes >= size && bytes < least) {
        best = i;
        least = bytes;
      }
    }
    if (best < 0) {
      return null;
    }
    idleBytes -= least;
    return idle.remove(best);
  }

  /** Takes memory back; it must not be used any more. */
  void giveBack(CpuBuffer buffer) {
    synchronized (this) {
      if (idleBytes + buffer.byteSize() <= bound) {
        idleBytes += buffer.byteSize();
        idle.add(buffer);
        return;
      }
    }
    buffer.free();
  }

  synchronized long idleBytes() {
    return idleBytes;
  }

  /** Gives all idle memory back to the system. */
  void trim() {
    List<CpuBuffer> all;
    synchronized (this) {
      all = List.copyOf(idle);
      idle.clear();
      idleBytes = 0;
    }
    all.forEach(CpuBuffer::free);
  }

  /** Rounds up so that at most an eighth is wasted and few classes exist. */
  private static long sizeClass(long bytes) {
    long size = Math.max(bytes, GRAIN);
    long step = Math.max(GRAIN, Long.highestOneBit(size) >> 3);
    return (size + step - 1) / step * step;
  }
}
