package io.dendra.backend;

import io.dendra.tensor.Device;

/**
 * Takes the place of a device's kernels and memory for one thread, to note what is asked of them
 * instead of doing it.
 */
public abstract class Recording {
  private static final ThreadLocal<Recording> CURRENT = new ThreadLocal<>();

  /** What this thread's calls are noted by, or null when they are done. */
  static Recording current() {
    return CURRENT.get();
  }

  /** Notes what the body asks for. */
  protected final void during(Runnable body) {
    if (CURRENT.get() != null) {
      throw new CaptureException("work that is being recorded cannot record work of its own");
    }
    CURRENT.set(this);
    try {
      body.run();
    } finally {
      CURRENT.remove();
    }
  }

  /** The device whose place it takes. */
  protected abstract Device device();

  /** What notes the calls. */
  protected abstract Backend backend();

  /** A buffer to be given memory later. */
  protected abstract Buffer allocate(long bytes);

  /** Is told of each block that is made, to be {@linkplain MemoryPool.Block#settle settled}. */
  protected abstract void allocated(MemoryPool.Block block);

  final void require(Device used) {
    if (!used.equals(device())) {
      throw new CaptureException(
          "it uses " + used + " while its work on " + device() + " is recorded");
    }
  }
}
