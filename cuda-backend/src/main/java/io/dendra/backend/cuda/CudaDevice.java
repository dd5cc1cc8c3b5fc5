package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.CaptureException;
import io.dendra.backend.FusedOp;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.cuda.driver.Blas;
import io.dendra.backend.cuda.driver.Compiler;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.backend.cuda.driver.Grid;
import java.util.ArrayList;
import java.util.List;

/**
 * One device: its context, the one stream that orders all its work, its kernels and its scratch
 * memory.
 *
 * <p>Work is put into the stream by the thread that holds this object's monitor, so that steps
 * which belong together, such as a kernel and the next one that reads its scratch, stay together.
 */
final class CudaDevice implements AutoCloseable {
  static final int COUNTERS = 1 << 14;

  private static final int SMALL_CHUNK = 1 << 14;
  private static final int SMALL_CHUNKS = 64;
  private static final int LARGE_CHUNK = 1 << 22;
  private static final int LARGE_CHUNKS = 8;
  private static final long LEAST_SCRATCH = 1 << 20;
  // What cuBLAS asks for; without a workspace of ours it allocates one, which a capture forbids.
  private static final long WORKSPACE = 4L << 20;
  private static final long HOPPER_WORKSPACE = 32L << 20;

  private final int index;
  private final Driver driver;
  private final Driver.Stream stream;
  private final Kernels kernels;
  private final Arguments arguments;
  private final Staging small;
  private final Staging large;
  private final IndexFaults indexFaults;
  private final Blas blas;
  private final Dnn dnn;
  private final List<Long> retired = new ArrayList<>();
  private Blas.Handle blasHandle;
  private Dnn.Handle dnnHandle;
  private long counters;
  private long scratch;
  private long scratchBytes;
  private long scratchKept;
  private long blasWorkspace;
  private Capture capture;

  CudaDevice(int index, Cuda cuda) {
    this.index = index;
    this.driver = cuda.driver();
    this.blas = cuda.blas();
    this.dnn = cuda.dnn();
    driver.retain(index);
    driver.makeCurrent(index);
    stream = driver.createStream();
    kernels = new Kernels(driver, index, cuda.compiler(), cuda.cache());
    arguments = new Arguments(driver.allocateHost(Arguments.BYTES));
    small = new Staging(driver, SMALL_CHUNK, SMALL_CHUNKS);
    large = new Staging(driver, LARGE_CHUNK, LARGE_CHUNKS);
    indexFaults = new IndexFaults(driver);
  }

  /** The four libraries and the cache of compiled kernels, shared by all devices. */
  record Cuda(Driver driver, Blas blas, Dnn dnn, Compiler compiler, KernelCache cache) {}

  int index() {
    return index;
  }

  Driver driver() {
    return driver;
  }

  Driver.Stream stream() {
    return stream;
  }

  /**
   * Makes the calling thread work on this device.
   *
   * @throws io.dendra.backend.DeviceLostException when it is lost
   */
  void enter() {
    driver.makeCurrent(index);
  }

  // ---- kernels

  /** A kernel, which the caller keeps. */
  Kernel kernel(KernelSource source, String entry) {
    return kernels.get(source, entry);
  }

  /** The arguments of the next launch; the caller holds the monitor until it has launched. */
  Arguments arguments() {
    assert Thread.holdsLock(this) : "arguments belong to the thread that holds the device";
    return arguments.begin();
  }

  /** Puts a kernel into the stream, with what {@link #arguments} holds. */
  void launch(Kernel kernel, Grid grid, int block, int shared) {
    assert Thread.holdsLock(this) : "the stream belongs to the thread that holds the device";
    enter();
    driver.launch(kernel.function(), grid, block, shared, stream, arguments.memory());
  }

  /** Puts a kernel of so many threads into the stream. */
  void launch(Kernel kernel, long threads) {
    long blocks = (threads + Launch.BLOCK - 1) / Launch.BLOCK;
    launch(kernel, Grid.of(Math.toIntExact(blocks)), Launch.BLOCK, 0);
  }

  // ---- scratch

  /**
   * Memory for the steps of one op, free for the next op as soon as the caller gives the monitor
   * back, or for the next call unless it is kept. Aligned to 256 bytes.
   *
   * @throws BackendException when there is not enough memory
   */
  long scratch(long bytes) {
    if (!hasScratch(bytes)) {
      throw new BackendException(
          "cuda:" + index + " has not enough memory for " + bytes + " bytes of scratch");
    }
    return scratch + scratchKept;
  }

  /** Makes sure of scratch; false when there is not enough memory. */
  boolean hasScratch(long bytes) {
    assert Thread.holdsLock(this) : "scratch belongs to the thread that holds the device";
    long needed = scratchKept + bytes;
    if (needed <= scratchBytes) {
      return true;
    }
    enter();
    long size = Math.max(LEAST_SCRATCH, Long.highestOneBit(needed - 1) << 1);
    long larger = driver.allocate(size);
    if (larger == 0 && size > needed) {
      size = needed;
      larger = driver.allocate(size);
    }
    if (larger == 0) {
      return false;
    }
    if (scratch != 0) {
      // Captured work may still point there, and so may what is kept.
      retired.add(scratch);
    }
    scratch = larger;
    scratchBytes = size;
    return true;
  }

  /** Scratch that stays apart from what is asked for later, until {@link #giveBack}. */
  long keepScratch(long bytes) {
    long address = scratch(bytes);
    scratchKept += bytes;
    return address;
  }

  /** Gives the scratch back that was kept last. */
  void giveBack(long bytes) {
    scratchKept -= bytes;
  }

  /**
   * Zeros, as many 32-bit words as {@link #COUNTERS} says, which every kernel leaves as zeros.
   *
   * @throws BackendException when there is not enough memory
   */
  long counters() {
    assert Thread.holdsLock(this) : "counters belong to the thread that holds the device";
    if (counters == 0) {
      enter();
      long bytes = (long) COUNTERS * Integer.BYTES;
      long address = driver.allocate(bytes);
      if (address == 0) {
        throw new BackendException("cuda:" + index + " has no memory left for counters");
      }
      driver.fill(address, (byte) 0, bytes, stream);
      counters = address;
    }
    return counters;
  }

  // ---- libraries

  Blas blas() {
    return blas;
  }

  /** The handle of this device; the caller holds the monitor. */
  Blas.Handle blasHandle() {
    enter();
    if (blasHandle == null) {
      Blas.Handle created = blas.create(stream);
      long bytes = driver.describe(index).major() >= 9 ? HOPPER_WORKSPACE : WORKSPACE;
      blasWorkspace = driver.allocate(bytes);
      if (blasWorkspace != 0) {
        blas.setWorkspace(created, blasWorkspace, bytes);
      }
      blasHandle = created;
    }
    return blasHandle;
  }

  Dnn dnn() {
    return dnn;
  }

  /** The handle of this device; the caller holds the monitor. */
  Dnn.Handle dnnHandle() {
    enter();
    if (dnnHandle == null) {
      dnnHandle = dnn.create(stream);
    }
    return dnnHandle;
  }

  // ---- host

  /** Where kernels leave an index that is out of range. */
  IndexFaults indexFaults() {
    return indexFaults;
  }

  /** Where data of a size pass through on their way from or to the host. */
  Staging staging(long bytes) {
    return bytes <= SMALL_CHUNK ? small : large;
  }

  void synchronize() {
    requireNoCapture("waiting for the device");
    enter();
    driver.synchronize(stream);
  }

  // ---- capture

  /**
   * Records what the body puts into the stream. Other threads wait with their work meanwhile.
   *
   * @throws CaptureException when it does what cannot be recorded; nothing has run then
   */
  synchronized Capture capture(ReplayVariables variables, Runnable body) {
    requireNoCapture("capturing within a capture");
    enter();
    long address = driver.allocate((long) Capture.MOST_VARIABLES * Long.BYTES);
    if (address == 0) {
      throw new CaptureException("there is no memory for its variables");
    }
    Capture result = new Capture(this, variables, address);
    boolean done = false;
    try {
      driver.beginCapture(stream);
      capture = result;
      try {
        body.run();
        if (variables.size() > Capture.MOST_VARIABLES) {
          throw new CaptureException("more than " + Capture.MOST_VARIABLES + " numbers change");
        }
        result.captured(driver.endCapture(stream));
      } catch (RuntimeException | Error e) {
        driver.abandonCapture(stream);
        throw e;
      } finally {
        capture = null;
      }
      done = true;
    } finally {
      if (!done) {
        free(address);
      }
    }
    return result;
  }

  private void free(long address) {
    if (driver.lostBy(index) == null) {
      driver.free(address);
    }
  }

  /**
   * @throws CaptureException when this thread is recording work
   */
  void requireNoCapture(String what) {
    if (Thread.holdsLock(this) && capture != null) {
      throw new CaptureException(what + " cannot be recorded");
    }
  }

  /** Where a kernel finds the numbers of an op that change from replay to replay, or 0. */
  long variables(FusedOp op) {
    return capture == null ? 0 : addressOf(capture.variables().slot(op));
  }

  /** Where a kernel finds a key and its counter that change from replay to replay, or 0. */
  long variables(long key, long counter) {
    return capture == null ? 0 : addressOf(capture.variables().slot(key, counter));
  }

  private long addressOf(int slot) {
    return slot < 0 ? 0 : capture.address(slot);
  }

  @Override
  public void close() {
    if (driver.lostBy(index) != null) {
      return;
    }
    enter();
    driver.synchronize(stream);
    if (blasHandle != null) {
      blas.destroy(blasHandle);
      if (blasWorkspace != 0) {
        driver.free(blasWorkspace);
      }
    }
    if (dnnHandle != null) {
      dnn.destroy(dnnHandle);
    }
    kernels.close();
    small.close();
    large.close();
    indexFaults.close(driver);
    driver.freeHost(arguments.memory());
    retired.forEach(driver::free);
    if (counters != 0) {
      driver.free(counters);
    }
    if (scratch != 0) {
      driver.free(scratch);
    }
    driver.destroy(stream);
    driver.release(index);
  }
}
