package io.dendra.sweep.pruners;

class HyperbandPrunerTest extends PrunerKit {
  @Override
  protected Pruner pruner() {
    return new HyperbandPruner().reductionFactor(2);
  }
}
