package io.dendra.backend.reference;

/** The inner loops of products: rows of doubles in arrays. */
final class DenseRows {
  private DenseRows() {}

  /** {@code to += scale * from} over n elements. */
  static void addScaled(double[] to, int toAt, double scale, double[] from, int fromAt, int n) {
    for (int i = 0; i < n; i++) {
      to[toAt + i] += scale * from[fromAt + i];
    }
  }

  /** The sum of the products of n elements. */
  static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aAt + i] * b[bAt + i];
    }
    return sum;
  }
}
