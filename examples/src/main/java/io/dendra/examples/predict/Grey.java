package io.dendra.examples.predict;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A grey picture.
 *
 * @param pixels row by row, 0 for black to 1 for white
 */
record Grey(int width, int height, float[] pixels) {
  /** The brightness of a picture; what is transparent is white. */
  static Grey of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    BufferedImage opaque = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = opaque.createGraphics();
    graphics.drawImage(image, 0, 0, Color.WHITE, null);
    graphics.dispose();
    int[] colours = opaque.getRGB(0, 0, width, height, null, 0, width);
    // A grey picture is read as its numbers are: drawing would pass them through a colour profile.
    boolean plain =
        image.getRaster().getNumBands() == 1
            && image.getSampleModel().getSampleSize(0) == 8
            && image.getType() == BufferedImage.TYPE_BYTE_GRAY;
    float[] pixels = new float[colours.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] =
          plain
              ? image.getRaster().getSample(i % width, i / width, 0) / 255f
              : brightness(colours[i]);
    }
    return new Grey(width, height, pixels);
  }

  /** Rec. 601 luma. */
  private static float brightness(int rgb) {
    return (0.299f * (rgb >> 16 & 255) + 0.587f * (rgb >> 8 & 255) + 0.114f * (rgb & 255)) / 255f;
  }

  float at(int x, int y) {
    return pixels[y * width + x];
  }

  /** The usual brightness along the border, which is taken for that of the paper. */
  private float paper() {
    float[] border = new float[2 * (width + height)];
    int n = 0;
    for (int x = 0; x < width; x++) {
      border[n++] = at(x, 0);
      border[n++] = at(x, height - 1);
    }
    for (int y = 0; y < height; y++) {
      border[n++] = at(0, y);
      border[n++] = at(width - 1, y);
    }
    Arrays.sort(border);
    return border[n / 2];
  }

  /** Paper at 0 and ink above: turned over where the paper is bright. */
  Grey lightOnDark() {
    float paper = paper();
    float sign = paper > 0.5f ? -1 : 1;
    return map(value -> Math.max(0, sign * (value - paper)));
  }

  /** The strongest ink at 1, or null when there is hardly any. */
  Grey stretched(float leastContrast) {
    float most = 0;
    for (float pixel : pixels) {
      most = Math.max(most, pixel);
    }
    float strongest = most;
    return most < leastContrast ? null : map(value -> value / strongest);
  }

  /** What is fainter than a limit is 0. */
  Grey withoutFaint(float limit) {
    return map(value -> value < limit ? 0 : value);
  }

  /** The smallest rectangle around all that is not 0. */
  Grey cropped() {
    int left = width;
    int right = -1;
    int top = height;
    int bottom = -1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (at(x, y) > 0) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
        }
      }
    }
    Grey cut = blank(right - left + 1, bottom - top + 1);
    for (int y = 0; y < cut.height; y++) {
      System.arraycopy(pixels, (top + y) * width + left, cut.pixels, y * cut.width, cut.width);
    }
    return cut;
  }

  /** Another size; each new pixel is the mean of the area it covers. */
  Grey scaled(int newWidth, int newHeight) {
    Grey result = blank(newWidth, newHeight);
    double stepX = (double) width / newWidth;
    double stepY = (double) height / newHeight;
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        result.pixels[y * newWidth + x] = mean(x * stepX, y * stepY, stepX, stepY);
      }
    }
    return result;
  }

  private float mean(double left, double top, double wide, double high) {
    double sum = 0;
    for (int y = (int) top; y < Math.min(height, top + high); y++) {
      double partY = Math.min(y + 1, top + high) - Math.max(y, top);
      for (int x = (int) left; x < Math.min(width, left + wide); x++) {
        double partX = Math.min(x + 1, left + wide) - Math.max(x, left);
        sum += at(x, y) * partX * partY;
      }
    }
    return (float) Math.min(1, sum / (wide * high));
  }

  double centreX() {
    double sum = 0;
    double mass = 0;
    for (int i = 0; i < pixels.length; i++) {
      int column = i % width;
      sum += pixels[i] * column;
      mass += pixels[i];
    }
    return sum / mass;
  }

  double centreY() {
    double sum = 0;
    double mass = 0;
    for (int i = 0; i < pixels.length; i++) {
      int row = i / width;
      sum += pixels[i] * row;
      mass += pixels[i];
    }
    return sum / mass;
  }

  /** On a black square with the centre of mass in its middle. */
  Grey centred(int side) {
    Grey result = blank(side, side);
    int right = place(side, centreX(), width);
    int down = place(side, centreY(), height);
    for (int y = 0; y < height; y++) {
      System.arraycopy(pixels, y * width, result.pixels, (y + down) * side + right, width);
    }
    return result;
  }

  private static int place(int side, double centre, int size) {
    int wanted = (int) Math.round((side - 1) / 2.0 - centre);
    return Math.max(0, Math.min(side - size, wanted));
  }

  private static Grey blank(int width, int height) {
    return new Grey(width, height, new float[width * height]);
  }

  private interface Change {
    float apply(float value);
  }

  private Grey map(Change change) {
    Grey result = blank(width, height);
    for (int i = 0; i < pixels.length; i++) {
      result.pixels[i] = change.apply(pixels[i]);
    }
    return result;
  }
}
