package io.dendra.sweep.pruners;

class MedianPrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new MedianPruner();
  }
}
