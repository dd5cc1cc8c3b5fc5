package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.backend.cuda.driver.HostMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Page-locked chunks of one size, through which data pass between Java arrays and a device while
 * the device goes on working.
 */
final class Staging {
  /** A chunk and the event after which its content is no longer needed. */
  static final class Chunk {
    private final HostMemory memory;
    private final Driver.Event event;
    private boolean pending;

    private Chunk(HostMemory memory, Driver.Event event) {
      this.memory = memory;
      this.event = event;
    }

    HostMemory memory() {
      return memory;
    }

    Driver.Event event() {
      return event;
    }
  }

  private final Driver driver;
  private final int bytes;
  private final int limit;
  private final List<Chunk> all = new ArrayList<>();
  private final ArrayDeque<Chunk> idle = new ArrayDeque<>();

  Staging(Driver driver, int bytes, int limit) {
    this.driver = driver;
    this.bytes = bytes;
    this.limit = limit;
  }

  int chunkBytes() {
    return bytes;
  }

  /** A chunk that nobody uses; waits for the oldest one when all are in use. */
  Chunk acquire() {
    Chunk chunk = take();
    if (chunk.pending) {
      try {
        driver.synchronize(chunk.event);
      } catch (BackendException e) {
        release(chunk, false);
        throw e;
      }
      chunk.pending = false;
    }
    return chunk;
  }

  private synchronized Chunk take() {
    boolean grow = idle.isEmpty() || idle.peekFirst().pending;
    if (grow && all.size() < limit) {
      Chunk chunk = new Chunk(driver.allocateHost(bytes), driver.createEvent());
      all.add(chunk);
      return chunk;
    }
    try {
      while (idle.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted while waiting for staging memory", e);
    }
    return idle.pollFirst();
  }

  /**
   * Gives a chunk back.
   *
   * @param pending whether the device still reads it until its event has passed
   */
  synchronized void release(Chunk chunk, boolean pending) {
    chunk.pending = pending;
    if (pending) {
      idle.addLast(chunk);
    } else {
      idle.addFirst(chunk);
    }
    notifyAll();
  }

  synchronized void close() {
    for (Chunk chunk : all) {
      driver.destroy(chunk.event);
      driver.freeHost(chunk.memory);
    }
    all.clear();
    idle.clear();
  }
}
