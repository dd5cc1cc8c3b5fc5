package io.dendra.data;

import java.util.NoSuchElementException;
import java.util.function.Supplier;

/** Does the work of a cursor in the reader's thread. */
final class CursorIterator implements BatchIterator {
  private final Stage.Cursor cursor;
  private Supplier<Batch> upcoming;
  private boolean ended;

  CursorIterator(Stage.Cursor cursor) {
    this.cursor = cursor;
  }

  @Override
  public boolean hasNext() {
    if (upcoming == null && !ended) {
      upcoming = cursor.next();
      ended = upcoming == null;
    }
    return upcoming != null;
  }

  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the epoch has no more batches");
    }
    Supplier<Batch> current = upcoming;
    upcoming = null;
    return current.get();
  }

  @Override
  public void close() {
    upcoming = null;
    ended = true;
    cursor.close();
  }
}
