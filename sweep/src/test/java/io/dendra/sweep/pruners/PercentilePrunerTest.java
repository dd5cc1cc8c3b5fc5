package io.dendra.sweep.pruners;

class PercentilePrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new PercentilePruner(25).warmupSteps(2).intervalSteps(2);
  }
}
