package io.dendra.backend;

import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;

/** What a backend need not do itself, since it can be done over the host, piece by piece. */
final class HostTransfer {
  /** Arrays are bounded, and the host may have less memory than the devices. */
  private static final long PIECE = 1 << 24;

  private HostTransfer() {}

  static void checkLabels(Backend backend, View labels, long classes) {
    long size = labels.layout().size();
    for (long done = 0; done < size; done += PIECE) {
      int length = (int) Math.min(PIECE, size - done);
      long[] piece = new long[length];
      backend.toHost(piece(labels, done, length), piece, 0);
      for (long label : piece) {
        if (label < 0 || label >= classes) {
          throw new IndexOutOfBoundsException(
              "label "
                  + label
                  + " is out of range: the model has "
                  + classes
                  + " classes, so labels go from 0 to "
                  + (classes - 1));
        }
      }
    }
  }

  /** A copy between two devices that know nothing of each other. */
  static void copy(Backend source, View in, Backend target, View out) {
    long size = in.layout().size();
    for (long done = 0; done < size; done += PIECE) {
      long length = Math.min(PIECE, size - done);
      NDArray staged = NDArray.zeros(in.dtype(), Shape.of(length));
      source.toHost(piece(in, done, length), staged.array(), 0);
      target.fromHost(staged.array(), 0, piece(out, done, length));
    }
  }

  private static View piece(View dense, long start, long length) {
    long offset = dense.layout().offset() + start;
    return dense.with(Layout.of(Shape.of(length), new long[] {1}, offset));
  }
}
