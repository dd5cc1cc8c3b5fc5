package io.dendra.backend.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

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
  private final TreeMap<Long, Deque<CpuBuffer>> idle = new TreeMap<>();
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
    synchronized (this) {
      var entry = idle.ceilingEntry(size);
      if (entry != null && entry.getKey() <= 2 * size) {
        Deque<CpuBuffer> buffers = entry.getValue();
        CpuBuffer buffer = buffers.pollLast();
        if (buffers.isEmpty()) {
          idle.remove(entry.getKey());
        }
        idleBytes -= buffer.byteSize();
        return buffer;
      }
    }
    CpuBuffer buffer = CpuBuffer.allocate(size);
    if (buffer == null) {
      trim();
      buffer = CpuBuffer.allocate(size);
    }
    return buffer;
  }

  /** Takes memory back; it must not be used any more. */
  void giveBack(CpuBuffer buffer) {
    synchronized (this) {
      if (idleBytes + buffer.byteSize() <= bound) {
        idleBytes += buffer.byteSize();
        idle.computeIfAbsent(buffer.byteSize(), size -> new ArrayDeque<>(4)).addLast(buffer);
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
    List<CpuBuffer> all = new ArrayList<>();
    synchronized (this) {
      idle.values().forEach(all::addAll);
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
