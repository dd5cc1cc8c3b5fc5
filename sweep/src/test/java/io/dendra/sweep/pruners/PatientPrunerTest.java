package io.dendra.sweep.pruners;

class PatientPrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new PatientPruner(new MedianPruner(), 0).minDelta(0.01);
  }
}
