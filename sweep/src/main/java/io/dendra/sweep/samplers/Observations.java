package io.dendra.sweep.samplers;

import java.util.Arrays;

/**
 * The values that trials had for some parameters, as columns. Trials that lack a parameter, or
 * whose value lies outside its bounds of today, are left out.
 *
 * @param columns one for each parameter of the space, in its order: places in the unit interval for
 *     numbers, indices for choices
 * @param orders for each column the observations from the smallest value to the largest, equal ones
 *     as they came
 * @param numbers of the trials, by which constants are remembered; -1 for those that may change
 * @param memos the constants of each column's kernels in densities that were made before
 */
record Observations(double[][] columns, int[][] orders, int[] numbers, KernelMemo[] memos) {
  /** Of which nothing is remembered. */
  static Observations of(double[][] columns, int count) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> i);
    int[][] orders = new int[columns.length][];
    KernelMemo[] memos = new KernelMemo[columns.length];
    for (int d = 0; d < columns.length; d++) {
      SortedPlaces sorted = new SortedPlaces();
      sorted.add(numbers, columns[d]);
      orders[d] = sorted.order(numbers, count, new int[0], columns[d]);
      memos[d] = new KernelMemo();
    }
    return new Observations(columns, orders, numbers, memos);
  }

  int count() {
    return numbers.length;
  }
}
