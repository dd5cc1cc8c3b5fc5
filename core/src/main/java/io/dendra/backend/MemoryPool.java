package io.dendra.backend;

import io.dendra.config.Config;
import io.dendra.config.SuppressForbidden;
import io.dendra.tensor.Device;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of one device: freed buffers are kept by size class and handed out again.
 *
 * <p>Any thread may allocate and free; freeing only puts the block in a list, so that the garbage
 * collector's thread may do it too. When memory runs out the pool gives its cache back to the
 * device, and asks once for a collection before it fails.
 */
public final class MemoryPool {
  private static final String LIMIT = "dendra.memory.limit.mb";
  private static final long GRAIN = 64;
  private static final int LISTED = 8;
  private static final ThreadLocal<Arena> CURRENT = new ThreadLocal<>();

  /** A live allocation. */
  public static final class Block {
    private final Buffer buffer;
    private final long bytes;
    private String op;
    private String scope;
    private int place;
    private Arena arena;

    private Block(Buffer buffer, long bytes) {
      this.buffer = buffer;
      this.bytes = bytes;
    }

    /** The memory. */
    public Buffer buffer() {
      return buffer;
    }
  }

  /**
   * Blocks that captured work has for itself: what is allocated while it {@link #run}s comes back
   * to it, so that nobody else writes where the work will write when it is replayed. They count as
   * live until it is closed.
   */
  public final class Arena implements AutoCloseable {
    private final Map<Long, ArrayDeque<Block>> idle = new HashMap<>();
    private boolean closed;

    private Arena() {}

    /** Runs with all allocations of this thread from here. */
    public void run(Runnable body) {
      Arena before = CURRENT.get();
      CURRENT.set(this);
      try {
        body.run();
      } finally {
        if (before == null) {
          CURRENT.remove();
        } else {
          CURRENT.set(before);
        }
      }
    }

    private MemoryPool pool() {
      return MemoryPool.this;
    }

    private Block take(long size) {
      ArrayDeque<Block> blocks = idle.get(size);
      return blocks == null ? null : blocks.pollLast();
    }

    private void keep(Block block) {
      idle.computeIfAbsent(block.bytes, size -> new ArrayDeque<>()).addLast(block);
    }

    /** Gives the blocks back; those in use follow when they are freed. */
    @Override
    public void close() {
      synchronized (MemoryPool.this) {
        closed = true;
        idle.values().forEach(blocks -> blocks.forEach(MemoryPool.this::release));
        idle.clear();
      }
    }
  }

  private final Device device;
  private final Backend backend;
  private final long limit;
  private final Map<Long, ArrayDeque<Block>> free = new HashMap<>();
  private final List<Block> live = new ArrayList<>();
  private long liveBytes;
  private long cachedBytes;
  private long peakBytes;

  MemoryPool(Device device, Backend backend) {
    this.device = device;
    this.backend = backend;
    int megabytes = Config.getInt(LIMIT, 1, 0);
    this.limit = megabytes == 0 ? Long.MAX_VALUE : (long) megabytes << 20;
  }

  /**
   * Memory for a tensor, its content undefined.
   *
   * @param bytes how much
   * @param op what the tensor is the result of, for error messages
   * @param scope where it was made, for error messages
   * @throws OutOfDeviceMemoryException when there is no more
   */
  public Block allocate(long bytes, String op, String scope) {
    long size = sizeClass(bytes);
    Arena arena = CURRENT.get();
    if (arena != null && arena.pool() != this) {
      arena = null;
    }
    Block block = arena == null ? null : takeFrom(arena, size);
    if (block != null) {
      block.op = op;
      block.scope = scope;
      return block;
    }
    block = take(size);
    if (block == null) {
      block = obtain(size);
    }
    if (block == null) {
      trim();
      block = obtain(size);
    }
    if (block == null) {
      collectGarbage();
      trim();
      block = obtain(size);
    }
    if (block == null) {
      throw new OutOfDeviceMemoryException(describeShortage(bytes, op));
    }
    block.op = op;
    block.scope = scope;
    block.arena = arena;
    register(block);
    return block;
  }

  /** A new arena, empty at first. */
  public Arena arena() {
    return new Arena();
  }

  private synchronized Block takeFrom(Arena arena, long size) {
    return arena.take(size);
  }

  private synchronized Block take(long size) {
    ArrayDeque<Block> blocks = free.get(size);
    Block block = blocks == null ? null : blocks.pollLast();
    if (block != null) {
      cachedBytes -= block.bytes;
    }
    return block;
  }

  private Block obtain(long size) {
    synchronized (this) {
      if (size > limit - liveBytes - cachedBytes) {
        return null;
      }
    }
    Buffer buffer = backend.allocate(size);
    return buffer == null ? null : new Block(buffer, size);
  }

  private synchronized void register(Block block) {
    block.place = live.size();
    live.add(block);
    liveBytes += block.bytes;
    peakBytes = Math.max(peakBytes, liveBytes);
  }

  /** Gives a block back; it must not be used any more. */
  public synchronized void free(Block block) {
    if (block.arena != null && !block.arena.closed) {
      block.arena.keep(block);
    } else {
      release(block);
    }
  }

  private void release(Block block) {
    block.arena = null;
    Block last = live.remove(live.size() - 1);
    if (last != block) {
      live.set(block.place, last);
      last.place = block.place;
    }
    liveBytes -= block.bytes;
    cachedBytes += block.bytes;
    free.computeIfAbsent(block.bytes, size -> new ArrayDeque<>()).addLast(block);
  }

  /** Hands all cached memory back to the device. */
  public void trim() {
    List<Block> cached = new ArrayList<>();
    synchronized (this) {
      free.values().forEach(cached::addAll);
      free.clear();
      cachedBytes = 0;
    }
    cached.forEach(block -> backend.free(block.buffer));
  }

  /** What is held now; blocks left to the garbage collector count as live until it finds them. */
  public synchronized MemoryStats stats() {
    return new MemoryStats(liveBytes, cachedBytes, peakBytes, live.size());
  }

  @SuppressForbidden(
      "Tensors made outside any scope are only found unreachable by the collector, and the"
          + " alternative here is to fail.")
  private static void collectGarbage() {
    Runtime.getRuntime().gc();
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized String describeShortage(long bytes, String op) {
    StringBuilder text =
        new StringBuilder()
            .append(device)
            .append(" is out of memory: ")
            .append(op)
            .append(" asked for ")
            .append(megabytes(bytes))
            .append(" beside ")
            .append(megabytes(liveBytes))
            .append(" in use");
    if (limit != Long.MAX_VALUE) {
      text.append(" of the ")
          .append(megabytes(limit))
          .append(" that ")
          .append(LIMIT)
          .append(" sets");
    }
    text.append(". The largest live tensors:");
    live.stream()
        .sorted(Comparator.comparingLong((Block block) -> block.bytes).reversed())
        .limit(LISTED)
        .forEach(
            block ->
                text.append("\n  ")
                    .append(megabytes(block.bytes))
                    .append(" from ")
                    .append(block.op)
                    .append(" in ")
                    .append(block.scope));
    return text.append(
            "\nSmaller batches, a smaller model, or closing what is not needed (TensorScope) helps.")
        .toString();
  }

  private static String megabytes(long bytes) {
    long tenths = Math.round(bytes / 104857.6);
    return tenths / 10 + "." + tenths % 10 + " MiB";
  }

  /** Rounds up so that at most an eighth is wasted and few classes exist. */
  static long sizeClass(long bytes) {
    long size = Math.max(bytes, GRAIN);
    long step = Math.max(GRAIN, Long.highestOneBit(size) >> 3);
    return (size + step - 1) / step * step;
  }
}
