package io.dendra.sweep.samplers;

/**
 * The standard normal distribution, to nearly all digits, the same on every machine: the error
 * function by rational approximation (W. J. Cody, "Rational Chebyshev approximations for the error
 * function", 1969), the quantile by algorithm AS 241 (M. J. Wichura, 1988).
 */
final class NormalDistribution {
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double ONE_OVER_SQRT_PI = 0.5641895835477563;

  /** Beyond so many deviations lies less than a double can tell from nothing. */
  static final double FAR = 8.5;

  private static final double[] ERF_P = {
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694
  };
  private static final double[] ERF_Q = {
    1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171
  };
  private static final double[] ERFC_P = {
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163,
    298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716,
    1230.3393547979972
  };
  private static final double[] ERFC_Q = {
    1,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495
  };
  private static final double[] TAIL_P = {
    0.016315387137302097,
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378
  };
  private static final double[] TAIL_Q = {
    1,
    2.568520192289822,
    1.8729528499234673,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918
  };
  private static final double[] CENTRE_P = {
    2509.0809287301227, 33430.57558358813, 67265.7709270087,
    45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665
  };
  private static final double[] CENTRE_Q = {
    5226.495278852854, 28729.085735721943, 39307.89580009271,
    21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1
  };
  private static final double[] NEAR_P = {
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506,
    1.2704582524523684, 3.6478483247632045, 5.769497221460691,
    4.630337846156546, 1.4234371107496835
  };
  private static final double[] NEAR_Q = {
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457,
    0.14810397642748008, 0.6897673349851, 1.6763848301838038,
    2.053191626637759, 1
  };
  private static final double[] FAR_P = {
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784,
    0.026532189526576124, 0.29656057182850487, 1.7848265399172913,
    5.463784911164114, 6.657904643501103
  };
  private static final double[] FAR_Q = {
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5,
    0.0007868691311456133, 0.014875361290850615, 0.1369298809227358,
    0.599832206555888, 1
  };

  private NormalDistribution() {}

  /** The probability of less than {@code x}. */
  static double cumulative(double x) {
    double z = x * SQRT_HALF;
    if (Math.abs(z) < 0.46875) {
      double square = z * z;
      return 0.5 + 0.5 * z * polynomial(ERF_P, square) / polynomial(ERF_Q, square);
    }
    double tail = 0.5 * scaledTail(Math.abs(z)) * StrictMath.exp(-z * z);
    return z < 0 ? tail : 1 - tail;
  }

  /** Its logarithm, which is far from zero where the probability is not. */
  static double logCumulative(double x) {
    if (x > -1) {
      return StrictMath.log(cumulative(x));
    }
    return StrictMath.log(0.5 * scaledTail(-x * SQRT_HALF)) - 0.5 * x * x;
  }

  /** The logarithm of the probability of an interval. */
  static double logMass(double low, double high) {
    if (low > 0) {
      return logMass(-high, -low);
    }
    if (high <= 0) {
      double upper = logCumulative(high);
      return upper + StrictMath.log1p(-StrictMath.exp(logCumulative(low) - upper));
    }
    if (low < -FAR && high > FAR) {
      return 0;
    }
    return StrictMath.log1p(-cumulative(low) - cumulative(-high));
  }

  /** Where an interval around the mean, with 0 in it, has so much of its probability behind it. */
  static double truncatedQuantile(double low, double high, double probability) {
    double below = cumulative(low);
    double above = cumulative(-high);
    double inside = 1 - below - above;
    double left = below + probability * inside;
    double drawn = left < 0.5 ? quantile(left) : -quantile(above + (1 - probability) * inside);
    return Math.min(Math.max(drawn, low), high);
  }

  /** The inverse of {@link #cumulative}. */
  static double quantile(double probability) {
    double centred = probability - 0.5;
    if (Math.abs(centred) <= 0.425) {
      double r = 0.180625 - centred * centred;
      return centred * polynomial(CENTRE_P, r) / polynomial(CENTRE_Q, r);
    }
    double tail = Math.min(probability, 1 - probability);
    if (tail <= 0) {
      return centred < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    double r = Math.sqrt(-StrictMath.log(tail));
    double size =
        r <= 5
            ? polynomial(NEAR_P, r - 1.6) / polynomial(NEAR_Q, r - 1.6)
            : polynomial(FAR_P, r - 5) / polynomial(FAR_Q, r - 5);
    return centred < 0 ? -size : size;
  }

  /** The complement of the error function times exp(z^2), for z of at least 0.46875. */
  private static double scaledTail(double z) {
    if (z <= 4) {
      return polynomial(ERFC_P, z) / polynomial(ERFC_Q, z);
    }
    double inverse = 1 / (z * z);
    double rest = inverse * polynomial(TAIL_P, inverse) / polynomial(TAIL_Q, inverse);
    return (ONE_OVER_SQRT_PI - rest) / z;
  }

  /** By Horner's rule, from the highest power down. */
  private static double polynomial(double[] coefficients, double x) {
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
