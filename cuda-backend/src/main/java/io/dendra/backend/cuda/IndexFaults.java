package io.dendra.backend.cuda;

import io.dendra.backend.LateIndexException;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.backend.cuda.driver.HostMemory;
import java.nio.ByteBuffer;

/**
 * The first index that a kernel found out of range. Kernels cannot throw, so they write it into
 * page-locked memory, and whoever waits for the device next looks there.
 *
 * <p>The memory is the structure {@code IndexFault} of {@code index_faults.cu}.
 */
final class IndexFaults {
  private static final int CLAIMED = 0;
  private static final int WRITTEN = 4;
  private static final int OP = 8;
  private static final int INDEX = 16;
  private static final int LENGTH = 24;
  private static final int BYTES = 32;

  private final HostMemory memory;

  /** Who used the index. */
  enum Op {
    GATHER("gather"),
    SCATTER_ADD("scatter_add"),
    TAKE_ALONG("take_along"),
    PUT_ALONG_ADD("put_along_add"),
    LABEL("label");

    private final String label;

    Op(String label) {
      this.label = label;
    }
  }

  IndexFaults(Driver driver) {
    this.memory = driver.allocateHost(BYTES);
    for (int at = 0; at < BYTES; at += Long.BYTES) {
      memory.bytes().putLong(at, 0);
    }
  }

  /** Where kernels write. */
  long address() {
    return memory.address();
  }

  /**
   * To be called after waiting for the device.
   *
   * @throws LateIndexException when an index was out of range; said once
   */
  void check() {
    if (memory.bytes().getInt(WRITTEN) != 0) {
      throwOnce();
    }
  }

  private synchronized void throwOnce() {
    ByteBuffer bytes = memory.bytes();
    if (bytes.getInt(WRITTEN) == 0) {
      return;
    }
    Op op = Op.values()[(int) bytes.getLong(OP)];
    long index = bytes.getLong(INDEX);
    long length = bytes.getLong(LENGTH);
    bytes.putInt(WRITTEN, 0);
    bytes.putInt(CLAIMED, 0);
    String words =
        op == Op.LABEL
            ? "label "
                + index
                + " is out of range: the model has "
                + length
                + " classes, so labels go from 0 to "
                + (length - 1)
            : "index " + index + " is outside an axis of length " + length;
    throw new LateIndexException(op.label, words);
  }

  void close(Driver driver) {
    driver.freeHost(memory);
  }
}
