package io.dendra.sweep;

/** How many more trials a sweep may start. */
final class TrialBudget {
  private int left;

  TrialBudget(int trials) {
    this.left = trials;
  }

  /** Takes one, if any is left. */
  synchronized boolean take() {
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }

  /** Gives one back, whose trial was not started or waits again. */
  synchronized void giveBack() {
    left++;
  }
}
