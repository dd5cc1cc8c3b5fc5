package io.dendra.sweep.pruners;

class SuccessiveHalvingPrunerTest extends PrunerKit {
  @Override
  protected Pruner pruner() {
    return new SuccessiveHalvingPruner().reductionFactor(2);
  }
}
