package io.dendra.examples.predict;

import java.awt.image.BufferedImage;

/** Pictures as an image editor would show them. */
public final class TestImages {
  private TestImages() {}

  /** Of {@code 28 * 28} values from 0 to 1. */
  public static BufferedImage of(float[] pixels) {
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < pixels.length; i++) {
      image.getRaster().setSample(i % 28, i / 28, 0, Math.round(pixels[i] * 255));
    }
    return image;
  }
}
