package io.dendra.data;

import io.dendra.random.RandomStream;

/**
 * A smooth random displacement for every pixel: uniform noise under a Gaussian blur (P. Simard, D.
 * Steinkraus, J. Platt, "Best practices for convolutional neural networks applied to visual
 * document analysis", ICDAR 2003).
 */
final class ElasticField {
  /** In pixels: wide enough to bend a stroke, not to tear it. */
  private static final double SIGMA = 4.5;

  private static final int RADIUS = 11;

  private final int side;
  private final float[] kernel = new float[2 * RADIUS + 1];

  ElasticField(int side) {
    this.side = side;
    double sum = 0;
    for (int i = -RADIUS; i <= RADIUS; i++) {
      sum += StrictMath.exp(-i * i / (2 * SIGMA * SIGMA));
    }
    for (int i = -RADIUS; i <= RADIUS; i++) {
      kernel[i + RADIUS] = (float) (StrictMath.exp(-i * i / (2 * SIGMA * SIGMA)) / sum);
    }
  }

  /**
   * Displacements along one axis, {@code [side * side]}, with a deviation of {@code strength}
   * pixels away from the border.
   */
  float[] draw(RandomStream random, double strength) {
    // Uniform noise has deviation sqrt(1/3), of which the blur leaves 1 / (2 sigma sqrt(pi)).
    double gain = strength * Math.sqrt(3) * 2 * SIGMA * Math.sqrt(Math.PI);
    float[] noise = new float[side * side];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (random.uniform(-1, 1) * gain);
    }
    // Blurs rows and transposes; twice is both axes.
    return blurTransposed(blurTransposed(noise));
  }

  private float[] blurTransposed(float[] field) {
    float[] result = new float[field.length];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        float sum = 0;
        int from = Math.max(0, column - RADIUS);
        int to = Math.min(side - 1, column + RADIUS);
        for (int i = from; i <= to; i++) {
          sum += field[row * side + i] * kernel[i - column + RADIUS];
        }
        result[column * side + row] = sum;
      }
    }
    return result;
  }
}
