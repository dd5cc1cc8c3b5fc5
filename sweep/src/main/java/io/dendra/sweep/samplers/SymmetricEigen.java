package io.dendra.sweep.samplers;

/**
 * The eigenvalues and vectors of a symmetric matrix, by Jacobi's rotations: slower than others for
 * large matrices, but simple, exact to the last digits, and the same everywhere.
 *
 * @param values in no order
 * @param vectors one in each column
 */
record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int MOST_SWEEPS = 60;

  static SymmetricEigen of(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    double[][] vectors = new double[n][n];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
      vectors[i][i] = 1;
    }
    for (int sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a); sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p][q] != 0) {
            rotate(a, vectors, p, q);
          }
        }
      }
    }
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = a[i][i];
    }
    return new SymmetricEigen(values, vectors);
  }

  private static boolean isDiagonal(double[][] a) {
    double off = 0;
    double all = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        all += a[i][j] * a[i][j];
        off += i == j ? 0 : a[i][j] * a[i][j];
      }
    }
    return !(off > 1e-32 * all);
  }

  private static void rotate(double[][] a, double[][] vectors, int p, int q) {
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(tangent * tangent + 1);
    double sine = tangent * cosine;
    for (int k = 0; k < a.length; k++) {
      double x = a[k][p];
      double y = a[k][q];
      a[k][p] = cosine * x - sine * y;
      a[k][q] = sine * x + cosine * y;
    }
    for (int k = 0; k < a.length; k++) {
      double x = a[p][k];
      double y = a[q][k];
      a[p][k] = cosine * x - sine * y;
      a[q][k] = sine * x + cosine * y;
    }
    for (double[] row : vectors) {
      double x = row[p];
      double y = row[q];
      row[p] = cosine * x - sine * y;
      row[q] = sine * x + cosine * y;
    }
  }
}
