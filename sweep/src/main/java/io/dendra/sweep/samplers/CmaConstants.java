package io.dendra.sweep.samplers;

/**
 * The weights and rates of CMA-ES for a number of dimensions and of points, as in N. Hansen, "The
 * CMA evolution strategy: a tutorial", 2016, with negative weights for the worse half.
 *
 * @param weights of the points from the best; the first {@code parents} are positive and sum to 1
 * @param parents the number of points that the mean moves to
 * @param mass the variance-effective number of parents
 * @param rankOne the rate of the path's direction in the covariance
 * @param rankMany the rate of the points in the covariance
 * @param pathRate the rate of the path of the covariance
 * @param sizeRate the rate of the path of the step size
 * @param damping of the step size
 * @param expectedLength of a standard normal vector
 */
record CmaConstants(
    double[] weights,
    int parents,
    double mass,
    double rankOne,
    double rankMany,
    double pathRate,
    double sizeRate,
    double damping,
    double expectedLength) {
  static CmaConstants of(int dimensions, int points) {
    double n = dimensions;
    double[] raw = new double[points];
    int parents = points / 2;
    double sum = 0;
    double squares = 0;
    double negative = 0;
    double negativeSquares = 0;
    for (int i = 0; i < points; i++) {
      raw[i] = StrictMath.log((points + 1) / 2.0) - StrictMath.log(i + 1);
      if (i < parents) {
        sum += raw[i];
        squares += raw[i] * raw[i];
      } else {
        negative += raw[i];
        negativeSquares += raw[i] * raw[i];
      }
    }
    double mass = sum * sum / squares;
    double negativeMass = negative * negative / negativeSquares;
    double rankOne = 2 / ((n + 1.3) * (n + 1.3) + mass);
    double rankMany =
        Math.min(1 - rankOne - 1e-8, 2 * (mass - 2 + 1 / mass) / ((n + 2) * (n + 2) + mass));
    double bound =
        Math.min(
            1 + rankOne / rankMany,
            Math.min(1 + 2 * negativeMass / (mass + 2), (1 - rankOne - rankMany) / (n * rankMany)));
    double positiveSum = 0;
    double negativeSum = 0;
    for (double weight : raw) {
      positiveSum += Math.max(weight, 0);
      negativeSum += Math.max(-weight, 0);
    }
    for (int i = 0; i < points; i++) {
      raw[i] *= raw[i] >= 0 ? 1 / positiveSum : bound / negativeSum;
    }
    double sizeRate = (mass + 2) / (n + mass + 5);
    return new CmaConstants(
        raw,
        parents,
        mass,
        rankOne,
        rankMany,
        (4 + mass / n) / (n + 4 + 2 * mass / n),
        sizeRate,
        1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + sizeRate,
        Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)));
  }
}
