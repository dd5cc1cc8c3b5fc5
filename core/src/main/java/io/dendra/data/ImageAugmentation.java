package io.dendra.data;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Random changes to pictures that leave their meaning: each is flipped, zoomed, rotated and shifted
 * by amounts of its own, in one resampling with bilinear interpolation. What comes in from outside
 * is 0.
 *
 * <p>It changes the first input of a batch, which has to be {@code [batch, height, width]} or
 * {@code [batch, height, width, channels]}; the result is float32.
 *
 * <pre>{@code
 * dataset.map(RandomKey.of(1), ImageAugmentation.none().shift(0.1).rotation(10));
 * }</pre>
 *
 * @param shift the largest shift either way, as a share of height and width
 * @param horizontalFlip whether half of the pictures are mirrored left to right
 * @param rotation the largest rotation either way, in degrees
 * @param zoom the largest change of size either way, as a share: 0.1 for 90 % to 110 %
 */
public record ImageAugmentation(double shift, boolean horizontalFlip, double rotation, double zoom)
    implements BatchFunction {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is outside
   */
  public ImageAugmentation {
    requireRange("shift", shift, 1);
    requireRange("rotation", rotation, 180);
    requireRange("zoom", zoom, 0.99);
  }

  private static void requireRange(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(name + " lies between 0 and " + most + ", given " + value);
    }
  }

  /** Changes nothing: where to start from. */
  public static ImageAugmentation none() {
    return new ImageAugmentation(0, false, 0, 0);
  }

  /** This one with shifts of up to a share of height and width. */
  public ImageAugmentation shift(double share) {
    return new ImageAugmentation(share, horizontalFlip, rotation, zoom);
  }

  /** This one with half of the pictures mirrored. */
  public ImageAugmentation flip() {
    return new ImageAugmentation(shift, true, rotation, zoom);
  }

  /** This one with rotations of up to so many degrees. */
  public ImageAugmentation rotation(double degrees) {
    return new ImageAugmentation(shift, horizontalFlip, degrees, zoom);
  }

  /** This one with changes of size of up to a share. */
  public ImageAugmentation zoom(double share) {
    return new ImageAugmentation(shift, horizontalFlip, rotation, share);
  }

  @Override
  public Batch apply(Batch batch, RandomKey key) {
    List<NDArray> inputs = new ArrayList<>(batch.inputs());
    inputs.set(0, apply(inputs.get(0), key));
    return batch.withInputs(inputs);
  }

  /**
   * Changed copies of pictures; the numbers for each follow from the key and its place.
   *
   * @throws DataException when the shape is not that of pictures
   */
  public NDArray apply(NDArray images, RandomKey key) {
    Shape shape = images.shape();
    if (shape.rank() != 3 && shape.rank() != 4) {
      throw new DataException(
          "image augmentation takes [batch, height, width] or [batch, height, width, channels],"
              + " given "
              + shape);
    }
    int height = (int) shape.dim(1);
    int width = (int) shape.dim(2);
    int channels = shape.rank() == 4 ? (int) shape.dim(3) : 1;
    float[] source = images.floats();
    float[] target = new float[source.length];
    for (int i = 0; i < shape.dim(0); i++) {
      Resampling resampling = draw(new RandomStream(key.fold(i)), height, width);
      resampling.apply(source, target, i * height * width * channels, height, width, channels);
    }
    return NDArray.of(target, shape.dims());
  }

  /** Draws the same numbers whatever is switched on, so that settings can be compared. */
  private Resampling draw(RandomStream random, int height, int width) {
    double angle = Math.toRadians(random.uniform(-rotation, rotation));
    double size = 1 + random.uniform(-zoom, zoom);
    double down = random.uniform(-shift, shift) * height;
    double right = random.uniform(-shift, shift) * width;
    double mirror = random.nextDouble() < 0.5 && horizontalFlip ? -1 : 1;
    return Resampling.of(angle, size, mirror, down, right);
  }
}
