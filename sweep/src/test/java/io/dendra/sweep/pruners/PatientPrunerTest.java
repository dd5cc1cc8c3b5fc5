package io.dendra.sweep.pruners;

class PatientPrunerTest extends PrunerKit {
  @Override
  protected Pruner pruner() {
    return new PatientPruner(new MedianPruner(), 0).minDelta(0.01);
  }
}
