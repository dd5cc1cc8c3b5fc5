package io.dendra.sweep.pruners;

class ThresholdPrunerTest extends PrunerContract {
  @Override
  protected Pruner pruner() {
    return new ThresholdPruner(-1.5, 1.5).warmupSteps(1);
  }

  @Override
  protected boolean comparesTrials() {
    return false;
  }
}
