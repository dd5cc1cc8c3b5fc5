package io.dendra.data;

import io.dendra.random.RandomStream;
import java.util.List;

/** A digit as a line of many short pieces, in pixels, as one hand would write it. */
final class PenStroke {
  private static final int PIECES_PER_CURVE = 10;

  /** Ends of the pieces; the piece before point {@code i} is drawn unless a stroke starts there. */
  private final double[] x;

  private final double[] y;
  private final double[] radius;
  private final boolean[] penDown;

  private PenStroke(int points) {
    x = new double[points];
    y = new double[points];
    radius = new double[points];
    penDown = new boolean[points];
  }

  /** Writes a shape into the middle of a square picture, each time another way. */
  static PenStroke write(List<DigitShapes.Curve> shape, int side, RandomStream random) {
    PenStroke stroke = new PenStroke(shape.size() * (PIECES_PER_CURVE + 1));
    stroke.trace(shape, random);
    stroke.press(random);
    stroke.place(side, random);
    return stroke;
  }

  private void trace(List<DigitShapes.Curve> shape, RandomStream random) {
    double unsteadiness = random.uniform(1, 4);
    double[] end = new double[2];
    int at = 0;
    for (DigitShapes.Curve curve : shape) {
      double[] p = curve.points().clone();
      for (int i = 0; i < p.length; i++) {
        p[i] += unsteadiness * random.nextGaussian();
      }
      if (!curve.penDown()) {
        p[0] = end[0];
        p[1] = end[1];
      }
      end[0] = p[6];
      end[1] = p[7];
      for (int i = 0; i <= PIECES_PER_CURVE; i++) {
        double t = (double) i / PIECES_PER_CURVE;
        x[at] = bezier(p, 0, t);
        y[at] = bezier(p, 1, t);
        penDown[at] = i == 0 && curve.penDown();
        at++;
      }
    }
  }

  private static double bezier(double[] p, int axis, double t) {
    double s = 1 - t;
    return s * s * s * p[axis]
        + 3 * s * s * t * p[2 + axis]
        + 3 * s * t * t * p[4 + axis]
        + t * t * t * p[6 + axis];
  }

  /** The pen's width, which swells and thins along the way. */
  private void press(RandomStream random) {
    double mean = random.uniform(0.75, 1.75);
    double swell = random.uniform(0, 0.3);
    double phase = random.uniform(0, 2 * Math.PI);
    double pace = random.uniform(0.1, 0.4);
    for (int i = 0; i < radius.length; i++) {
      radius[i] = mean * (1 + swell * StrictMath.sin(phase + pace * i));
    }
  }

  /**
   * Scale, slant and rotation about the middle, then a shift: MNIST's digits are 20 pixels high.
   */
  private void place(int side, RandomStream random) {
    double height = side * random.uniform(0.58, 0.74) / 100;
    double width = height * random.uniform(0.6, 1.1);
    double slant = random.uniform(-0.15, 0.45);
    double angle = Math.toRadians(9) * random.nextGaussian();
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    for (int i = 0; i < x.length; i++) {
      double v = (y[i] - 50) * height;
      double u = (x[i] - 50) * width - slant * v;
      x[i] = cos * u - sin * v;
      y[i] = sin * u + cos * v;
    }
    centre(x, (side - 1) / 2.0 + clamp(1.1 * random.nextGaussian(), 2.5));
    centre(y, (side - 1) / 2.0 + clamp(1.1 * random.nextGaussian(), 2.5));
  }

  private static void centre(double[] values, double middle) {
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] += middle - (low + high) / 2;
    }
  }

  private static double clamp(double value, double limit) {
    return Math.max(-limit, Math.min(limit, value));
  }

  /**
   * Draws into a square picture whose pixels are displaced by the fields: a pixel shows the ink at
   * the place it is displaced to, softened over one pixel.
   */
  void render(float[] pixels, int offset, int side, float[] shiftX, float[] shiftY, double ink) {
    double reach = 0;
    for (int i = 0; i < shiftX.length; i++) {
      reach = Math.max(reach, Math.max(Math.abs(shiftX[i]), Math.abs(shiftY[i])));
    }
    for (int i = 1; i < x.length; i++) {
      if (penDown[i]) {
        continue;
      }
      double margin = reach + Math.max(radius[i - 1], radius[i]) + 0.5;
      int left = (int) Math.max(0, Math.ceil(Math.min(x[i - 1], x[i]) - margin));
      int right = (int) Math.min(side - 1, Math.floor(Math.max(x[i - 1], x[i]) + margin));
      int top = (int) Math.max(0, Math.ceil(Math.min(y[i - 1], y[i]) - margin));
      int bottom = (int) Math.min(side - 1, Math.floor(Math.max(y[i - 1], y[i]) + margin));
      for (int row = top; row <= bottom; row++) {
        for (int column = left; column <= right; column++) {
          int place = row * side + column;
          double depth = depth(i, column + shiftX[place], row + shiftY[place]);
          float value = (float) Math.min(1, Math.max(0, depth + 0.5) * ink);
          pixels[offset + place] = Math.max(pixels[offset + place], value);
        }
      }
    }
  }

  /** How far a point lies within the piece that ends at {@code i}, negative outside. */
  private double depth(int i, double px, double py) {
    double dx = x[i] - x[i - 1];
    double dy = y[i] - y[i - 1];
    double length = dx * dx + dy * dy;
    double along = length == 0 ? 0 : ((px - x[i - 1]) * dx + (py - y[i - 1]) * dy) / length;
    double t = Math.max(0, Math.min(1, along));
    double offX = px - (x[i - 1] + t * dx);
    double offY = py - (y[i - 1] + t * dy);
    double width = radius[i - 1] + t * (radius[i] - radius[i - 1]);
    return width - Math.sqrt(offX * offX + offY * offY);
  }
}
