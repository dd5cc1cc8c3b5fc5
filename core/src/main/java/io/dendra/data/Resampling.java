package io.dendra.data;

/**
 * An affine map from places of the new picture to places of the old one, about the middle.
 *
 * @param xx how the old x grows with the new x
 * @param xy how the old x grows with the new y
 * @param yx how the old y grows with the new x
 * @param yy how the old y grows with the new y
 * @param down by how many pixels the picture moves down
 * @param right by how many pixels it moves to the right
 */
record Resampling(double xx, double xy, double yx, double yy, double down, double right) {
  /** The inverse of: mirror, resize, rotate, shift. */
  static Resampling of(double angle, double size, double mirror, double down, double right) {
    double cos = StrictMath.cos(angle) / size;
    double sin = StrictMath.sin(angle) / size;
    return new Resampling(mirror * cos, mirror * sin, -sin, cos, down, right);
  }

  /** Resamples one picture {@code [height, width, channels]} that starts at an offset. */
  void apply(float[] source, float[] target, int offset, int height, int width, int channels) {
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double u = column - middleX - right;
        double v = row - middleY - down;
        double x = xx * u + xy * v + middleX;
        double y = yx * u + yy * v + middleY;
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float alongX = (float) (x - left);
        float alongY = (float) (y - top);
        int to = offset + (row * width + column) * channels;
        for (int corner = 0; corner < 4; corner++) {
          int fromX = left + (corner & 1);
          int fromY = top + (corner >> 1);
          float weight =
              ((corner & 1) == 0 ? 1 - alongX : alongX)
                  * ((corner >> 1) == 0 ? 1 - alongY : alongY);
          if (weight != 0 && fromX >= 0 && fromX < width && fromY >= 0 && fromY < height) {
            int from = offset + (fromY * width + fromX) * channels;
            for (int channel = 0; channel < channels; channel++) {
              target[to + channel] += weight * source[from + channel];
            }
          }
        }
      }
    }
  }
}
