package io.dendra.tensor;

import io.dendra.autograd.Node;
import java.lang.ref.Cleaner;

/** The release of a handle that no scope owns: when it is closed, or found by the collector. */
final class Collection implements Runnable {
  private final Storage storage;
  private volatile Node node;
  private Cleaner.Cleanable cleanable;

  private Collection(Storage storage, Node node) {
    this.storage = storage;
    this.node = node;
  }

  /** Started when the first tensor is made outside all scopes. */
  private static final class Collector {
    static final Cleaner CLEANER = Cleaner.create();
  }

  /** Watches a handle without referring to it. */
  static Collection of(Tensor handle, Storage storage, Node node) {
    Collection collection = new Collection(storage, node);
    collection.cleanable = Collector.CLEANER.register(handle, collection);
    return collection;
  }

  /** Notes that the handle has got a place in a gradient graph. */
  void use(Node by) {
    node = by;
  }

  /** Releases the handle. */
  void now() {
    cleanable.clean();
  }

  @Override
  public void run() {
    storage.release();
    Node last = node;
    if (last != null) {
      last.release();
    }
  }
}
