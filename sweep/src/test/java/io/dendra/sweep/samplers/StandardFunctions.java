package io.dendra.sweep.samplers;

import io.dendra.sweep.Scale;
import io.dendra.sweep.Trial;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Functions on which samplers are compared; {@code optuna_samplers.py} has the same. All are to be
 * made small.
 */
final class StandardFunctions {
  private static final double[][] HARTMANN_A = {
    {10, 3, 17, 3.5, 1.7, 8},
    {0.05, 10, 17, 0.1, 8, 14},
    {3, 3.5, 1.7, 10, 17, 8},
    {17, 8, 0.05, 10, 0.1, 14}
  };
  private static final double[][] HARTMANN_P = {
    {0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
    {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
    {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
    {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}
  };
  private static final double[] HARTMANN_ALPHA = {1.0, 1.2, 3.0, 3.2};

  private StandardFunctions() {}

  static Map<String, ToDoubleFunction<Trial>> all() {
    Map<String, ToDoubleFunction<Trial>> all = new LinkedHashMap<>();
    all.put("branin", StandardFunctions::branin);
    all.put("hartmann-6", StandardFunctions::hartmann);
    all.put("rosenbrock-5", StandardFunctions::rosenbrock);
    all.put("mixed", StandardFunctions::mixed);
    all.put("ackley-10", StandardFunctions::ackley);
    all.put("styblinski-4", StandardFunctions::styblinski);
    all.put("levy-6", StandardFunctions::levy);
    all.put("rastrigin-5", StandardFunctions::rastrigin);
    return all;
  }

  private static double[] point(Trial trial, int dimensions, double low, double high) {
    double[] x = new double[dimensions];
    for (int i = 0; i < dimensions; i++) {
      x[i] = trial.suggestFloat("x" + i, low, high);
    }
    return x;
  }

  static double branin(Trial trial) {
    double x = trial.suggestFloat("x", -5, 10);
    double y = trial.suggestFloat("y", 0, 15);
    double ridge = y - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
    return ridge * ridge + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  }

  static double hartmann(Trial trial) {
    double[] x = point(trial, 6, 0, 1);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      double distance = 0;
      for (int j = 0; j < 6; j++) {
        distance += HARTMANN_A[i][j] * (x[j] - HARTMANN_P[i][j]) * (x[j] - HARTMANN_P[i][j]);
      }
      sum -= HARTMANN_ALPHA[i] * Math.exp(-distance);
    }
    return sum;
  }

  static double rosenbrock(Trial trial) {
    double[] x = point(trial, 5, -5, 10);
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      double valley = x[i + 1] - x[i] * x[i];
      sum += 100 * valley * valley + (1 - x[i]) * (1 - x[i]);
    }
    return sum;
  }

  /** Shaped like the loss of a network over its settings: of every kind, some with ties. */
  static double mixed(Trial trial) {
    String optimizer = trial.suggestCategorical("optimizer", "sgd", "momentum", "adam");
    double rate = Math.log10(trial.suggestFloat("rate", 1e-5, 1, Scale.LOG));
    double units = Math.log(trial.suggestInt("units", 8, 1024, Scale.LOG)) / Math.log(2);
    int layers = trial.suggestInt("layers", 1, 8);
    double dropout = trial.suggestFloat("dropout", 0, 0.8, 0.05);
    boolean norm = trial.suggestBoolean("norm");
    double best = optimizer.equals("adam") ? -3 : optimizer.equals("momentum") ? -2 : -1;
    double offset = optimizer.equals("adam") ? 0 : optimizer.equals("momentum") ? 0.1 : 0.3;
    double depth = layers - (norm ? 5 : 2);
    return offset
        + 0.3 * (rate - best) * (rate - best)
        + 0.05 * (units - 7.5) * (units - 7.5)
        + 0.04 * depth * depth
        + (norm ? 0 : 0.15)
        + 2 * Math.pow(dropout - 0.05 * (units - 4), 2);
  }

  /** On bounds whose middle is not the minimum, which some samplers begin with. */
  static double ackley(Trial trial) {
    double[] x = point(trial, 10, -20, 32.768);
    double squares = 0;
    double waves = 0;
    for (double value : x) {
      squares += value * value / 10;
      waves += Math.cos(2 * Math.PI * value) / 10;
    }
    return -20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(waves) + 20 + Math.E;
  }

  static double styblinski(Trial trial) {
    double sum = 0;
    for (double x : point(trial, 4, -5, 5)) {
      sum += (x * x * x * x - 16 * x * x + 5 * x) / 2;
    }
    return sum;
  }

  static double levy(Trial trial) {
    double[] w = point(trial, 6, -10, 10);
    Arrays.setAll(w, i -> 1 + (w[i] - 1) / 4);
    double last = w[5];
    double sum =
        Math.pow(Math.sin(Math.PI * w[0]), 2)
            + (last - 1) * (last - 1) * (1 + Math.pow(Math.sin(2 * Math.PI * last), 2));
    for (int i = 0; i < 5; i++) {
      sum += (w[i] - 1) * (w[i] - 1) * (1 + 10 * Math.pow(Math.sin(Math.PI * w[i] + 1), 2));
    }
    return sum;
  }

  /** On bounds whose middle is not the minimum. */
  static double rastrigin(Trial trial) {
    double sum = 0;
    for (double x : point(trial, 5, -4, 5.12)) {
      sum += 10 + x * x - 10 * Math.cos(2 * Math.PI * x);
    }
    return sum;
  }
}
