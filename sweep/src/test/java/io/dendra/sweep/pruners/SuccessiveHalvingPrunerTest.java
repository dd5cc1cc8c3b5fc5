package io.dendra.sweep.pruners;

class SuccessiveHalvingPrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new SuccessiveHalvingPruner().reductionFactor(2);
  }
}
