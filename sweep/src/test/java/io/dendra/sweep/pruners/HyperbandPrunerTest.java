package io.dendra.sweep.pruners;

class HyperbandPrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new HyperbandPruner().reductionFactor(2);
  }
}
