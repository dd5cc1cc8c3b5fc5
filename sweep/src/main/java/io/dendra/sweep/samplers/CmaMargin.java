package io.dendra.sweep.samplers;

/**
 * Keeps a few draws of a number with gaps off the value that the mean lies on, where CMA-ES would
 * freeze (R. Hamano et al., "CMA-ES with margin: lower-bounding marginal probability for
 * mixed-integer black-box optimization", 2022).
 */
final class CmaMargin {
  private CmaMargin() {}

  /**
   * The distribution with a margin.
   *
   * @param values for each coordinate the number of values, all parts equally long; 0 for none
   * @param points in a generation
   */
  static CmaState apply(CmaState state, int[] values, int points) {
    double least = 1.0 / (state.mean.length * (double) points);
    double[] mean = state.mean.clone();
    double[] scales = state.scales.clone();
    boolean moved = false;
    for (int i = 0; i < mean.length; i++) {
      if (values[i] > 1) {
        moved |= correct(i, values[i], state.deviation(i), least, mean, scales);
      }
    }
    return moved ? state.moved(mean, scales) : state;
  }

  private static boolean correct(
      int i, int values, double deviation, double least, double[] mean, double[] scales) {
    int part = (int) Math.min(Math.max(mean[i] * values, 0), values - 1.0);
    if (part == 0 || part == values - 1) {
      double border = part == 0 ? 1.0 / values : (values - 1.0) / values;
      if (values == 2) {
        border = 0.5;
      }
      double most = -NormalDistribution.quantile(least) * deviation;
      double away = mean[i] - border;
      if (Math.abs(away) <= most) {
        return false;
      }
      mean[i] = border + Math.signum(away) * most;
      return true;
    }
    double lower = part / (double) values;
    double upper = (part + 1) / (double) values;
    double below = NormalDistribution.cumulative((lower - mean[i]) / deviation);
    double above = NormalDistribution.cumulative((mean[i] - upper) / deviation);
    double half = least / 2;
    if (below >= half && above >= half) {
      return false;
    }
    double inside = 1 - below - above;
    double low = Math.max(below, half);
    double high = Math.max(above, half);
    double share = (1 - low - high - inside) / (low + high + inside - 3 * half);
    double toLower = -NormalDistribution.quantile(low + share * (low - half));
    double toUpper = -NormalDistribution.quantile(high + share * (high - half));
    scales[i] *= (upper - lower) / (toLower + toUpper) / deviation;
    mean[i] = (lower * toUpper + upper * toLower) / (toLower + toUpper);
    return true;
  }
}
