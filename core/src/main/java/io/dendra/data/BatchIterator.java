package io.dendra.data;

import java.util.Iterator;

/**
 * The batches of one epoch. Close it, also when all batches were taken: background threads and the
 * generator behind it end then.
 */
public interface BatchIterator extends Iterator<Batch>, AutoCloseable {
  /** Ends the work behind this iterator; closing again does nothing. */
  @Override
  void close();
}
