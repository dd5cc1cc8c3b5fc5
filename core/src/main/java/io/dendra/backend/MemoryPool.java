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

  /** A live allocation. */
  public static final class Block {
    private Buffer buffer;
    private final long bytes;
    private final boolean recorded;
    private String op;
    private String scope;
    private int place;
    private Block memory;
    private boolean freed;

    private Block(Buffer buffer, long bytes, boolean recorded) {
      this.buffer = buffer;
      this.bytes = bytes;
      this.recorded = recorded;
    }

    /** The memory. */
    public Buffer buffer() {
      return buffer;
    }

    /** How much there is. */
    public long bytes() {
      return bytes;
    }

    /** Whether it was given back. */
    public boolean isFreed() {
      return freed;
    }

    /** Gives a block that was made while calls were recorded the memory of another. */
    public void settle(Block other) {
      memory = other;
      buffer = other.buffer;
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
    Recording recording = Recording.current();
    if (recording != null) {
      recording.require(device);
      Block block = new Block(recording.allocate(size), size, true);
      recording.allocated(block);
      return block;
    }
    Block block = take(size);
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
    register(block);
    return block;
  }

  private synchronized Block take(long size) {
    ArrayDeque<Block> blocks = free.get(size);
    Block block = blocks == null ? null : blocks.pollLast();
    if (block != null) {
      block.freed = false;
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
    return buffer == null ? null : new Block(buffer, size, false);
  }

  private synchronized void register(Block block) {
    block.place = live.size();
    live.add(block);
    liveBytes += block.bytes;
    peakBytes = Math.max(peakBytes, liveBytes);
  }

  /** Gives a block back; it must not be used any more. */
  public synchronized void free(Block block) {
    block.freed = true;
    Block held = block.recorded ? block.memory : block;
    if (held != null) {
      held.freed = true;
      release(held);
    }
  }

  private void release(Block block) {
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
