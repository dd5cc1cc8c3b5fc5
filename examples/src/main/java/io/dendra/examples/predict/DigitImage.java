package io.dendra.examples.predict;

import io.dendra.examples.cli.Failure;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A picture of a digit in the form of MNIST: white on black, 28 x 28, the digit fitted into 20 x 20
 * pixels and its centre of mass in the middle (as described with the MNIST files).
 */
final class DigitImage {
  static final int SIDE = 28;
  private static final int BOX = 20;

  /** What is fainter than this share of the strongest ink is paper. */
  private static final float FAINT = 0.15f;

  /** Less contrast than this between the darkest and the brightest pixel is no drawing. */
  private static final float LEAST_CONTRAST = 0.1f;

  private DigitImage() {}

  /** Reads a PNG, JPEG, GIF or BMP file and gives {@code 28 * 28} values from 0 to 1. */
  static float[] read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new Failure("--image " + file + ": there is no such file");
    }
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image == null) {
        throw new Failure("--image " + file + " is no picture that Java reads: use PNG or JPEG");
      }
      return normalize(Grey.of(image), file);
    } catch (IOException e) {
      throw new Failure("--image " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static float[] normalize(Grey picture, Path file) {
    Grey ink = picture.lightOnDark().stretched(LEAST_CONTRAST);
    if (ink == null) {
      throw new Failure("--image " + file + " is the same grey all over: there is no digit in it");
    }
    if (isMnistAlready(ink)) {
      return ink.pixels();
    }
    Grey cut = ink.withoutFaint(FAINT).cropped();
    double scale = (double) BOX / Math.max(cut.width(), cut.height());
    Grey small =
        cut.scaled(
            Math.max(1, (int) Math.round(cut.width() * scale)),
            Math.max(1, (int) Math.round(cut.height() * scale)));
    return small.centred(SIDE).pixels();
  }

  /** Pictures of MNIST itself stay as they are, to the last grey. */
  private static boolean isMnistAlready(Grey ink) {
    if (ink.width() != SIDE || ink.height() != SIDE) {
      return false;
    }
    Grey cut = ink.withoutFaint(FAINT).cropped();
    double middle = (SIDE - 1) / 2.0;
    return Math.max(cut.width(), cut.height()) <= BOX
        && Math.max(cut.width(), cut.height()) >= BOX - 4
        && Math.abs(ink.centreX() - middle) <= 2
        && Math.abs(ink.centreY() - middle) <= 2;
  }
}
