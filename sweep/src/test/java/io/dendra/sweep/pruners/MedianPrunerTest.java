package io.dendra.sweep.pruners;

class MedianPrunerTest extends PrunerKit {
  @Override
  protected Pruner pruner() {
    return new MedianPruner();
  }
}
