package io.dendra.sweep.samplers;

import java.util.Arrays;

/**
 * The constants of the kernels of finished trials along one parameter. Of one trial more, nearly
 * all kernels stay as wide as they were, and their logarithms what they were. Used under the lock
 * of {@link TrialRows}.
 */
final class KernelMemo {
  /** Of any density, and without the lock. */
  final MassMemo masses = new MassMemo();

  private double[] widths = new double[0];
  private double[] constants = new double[0];

  /** NaN when it is not known. */
  double get(int number, double width) {
    return number >= 0 && number < widths.length && widths[number] == width
        ? constants[number]
        : Double.NaN;
  }

  void put(int number, double width, double constant) {
    if (number < 0) {
      return;
    }
    if (number >= widths.length) {
      int size = Math.max(number + 1, 2 * widths.length);
      widths = Arrays.copyOf(widths, size);
      constants = Arrays.copyOf(constants, size);
    }
    widths[number] = width;
    constants[number] = constant;
  }
}
