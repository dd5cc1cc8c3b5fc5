package io.dendra.sweep.pruners;

class PercentilePrunerTest extends PrunerKit {
  @Override
  protected Pruner pruner() {
    return new PercentilePruner(25).warmupSteps(2).intervalSteps(2);
  }
}
