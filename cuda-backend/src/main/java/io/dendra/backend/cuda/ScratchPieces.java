package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;

/**
 * How the steps of one op share the device's scratch: pieces are reserved first, then {@link #open}
 * gives them their place, apart from the scratch of the ops that are called until {@link #close}.
 */
final class ScratchPieces implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  private final CudaDevice device;
  private long bytes;
  private long base;
  private boolean open;

  /** None yet; the caller holds the device's monitor until the op is in the stream. */
  ScratchPieces(CudaDevice device) {
    this.device = device;
  }

  /** Room for some bytes; what it returns is a key for {@link #address}. */
  long reserve(long size) {
    long at = bytes;
    bytes += (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
  }

  /** Room for the elements of a gapless layout. */
  long reserve(Layout layout, DType dtype) {
    return reserve(layout.size() * dtype.byteSize());
  }

  /** Takes the scratch. */
  void open() {
    base = device.keepScratch(bytes);
    open = true;
  }

  /** Takes the scratch if there is enough memory. */
  boolean tryOpen() {
    if (!device.hasScratch(bytes)) {
      return false;
    }
    open();
    return true;
  }

  /** Where a piece lies. */
  long address(long piece) {
    return base + piece;
  }

  /** A piece as an operand. */
  View view(long piece, DType dtype, Layout layout) {
    return new View(
        new CudaBuffer(device, address(piece), layout.size() * dtype.byteSize()), dtype, layout);
  }

  @Override
  public void close() {
    if (open) {
      device.giveBack(bytes);
      open = false;
    }
  }
}
