package io.dendra.data;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.NDArray;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Generated pictures that look like handwritten digits, for when no real ones are at hand.
 *
 * <p>A digit is drawn in one of several ways to write it, with an unsteady pen of varying width,
 * scaled, slanted, rotated and shifted at random, and bent by an elastic distortion. They have the
 * form of {@link Mnist}, but are not MNIST: a network trained on them has learnt these drawings, so
 * say so wherever results are shown.
 *
 * <pre>{@code
 * Batch digits = HandwrittenDigits.generate(1000, RandomKey.of(1));
 * digits.input();   // float32 [1000, 28, 28] from 0 to 1
 * digits.target();  // int32 [1000], each class 100 times
 * }</pre>
 */
public final class HandwrittenDigits {
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  private HandwrittenDigits() {}

  /**
   * Digits and their classes, in random order, all classes equally often (within one).
   *
   * @return images float32 {@code [n, 28, 28]} from 0 to 1, labels int32 {@code [n]}
   * @throws IllegalArgumentException when {@code n} is not positive
   */
  public static Batch generate(int n, RandomKey key) {
    if (n < 1) {
      throw new IllegalArgumentException("at least 1 digit can be generated, asked for " + n);
    }
    List<List<List<DigitShapes.Curve>>> shapes = DigitShapes.all();
    ElasticField field = new ElasticField(SIDE);
    float[] images = new float[Math.multiplyExact(n, SIDE * SIDE)];
    int[] labels = new RandomStream(key.fold("labels")).permutation(n);
    RandomKey drawings = key.fold("drawings");
    // Each digit has its own key, so the result does not depend on how many threads share the work.
    IntStream.range(0, n)
        .parallel()
        .forEach(
            i -> {
              labels[i] %= CLASSES;
              RandomStream random = new RandomStream(drawings.fold(i));
              draw(shapes.get(labels[i]), field, random, images, i * SIDE * SIDE);
            });
    return Batch.of(NDArray.of(images, n, SIDE, SIDE), NDArray.of(labels));
  }

  private static void draw(
      List<List<DigitShapes.Curve>> variants,
      ElasticField field,
      RandomStream random,
      float[] images,
      int offset) {
    PenStroke stroke = PenStroke.write(variants.get(random.nextInt(variants.size())), SIDE, random);
    double strength = random.uniform(0.2, 1.4);
    float[] shiftX = field.draw(random, strength);
    float[] shiftY = field.draw(random, strength);
    stroke.render(images, offset, SIDE, shiftX, shiftY, random.uniform(0.8, 1.3));
  }

  /**
   * A set to train and to test on, in the form of {@link Mnist}; its name says that it is
   * generated.
   */
  public static ImageClassification load(int train, int test, RandomKey key) {
    return new ImageClassification(
        "generated digits",
        Dataset.of(generate(train, key.fold("train"))),
        Dataset.of(generate(test, key.fold("test"))),
        IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList());
  }
}
