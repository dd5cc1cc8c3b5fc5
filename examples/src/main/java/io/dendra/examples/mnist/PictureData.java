package io.dendra.examples.mnist;

import io.dendra.data.Batch;
import io.dendra.data.BatchIterator;
import io.dendra.data.Dataset;
import io.dendra.data.ImageClassification;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The pictures in use and where they come from.
 *
 * @param set the pictures
 * @param source a folder, the cache, or the generator
 * @param generated whether they were drawn by a program, to be said wherever results are shown
 */
public record PictureData(ImageClassification set, String source, boolean generated) {
  private static final int PIECE = 1000;

  public long trainCount() {
    return set.train().size().orElseThrow();
  }

  public long testCount() {
    return set.test().size().orElseThrow();
  }

  /** With {@code [batch, classes]} targets of 0 and 1 in place of class numbers. */
  static Dataset oneHot(Dataset data, int classes) {
    return data.map(
        batch -> new Batch(batch.inputs(), List.of(oneHot(batch.target(), classes)), List.of()));
  }

  private static NDArray oneHot(NDArray labels, int classes) {
    NDArray targets = NDArray.zeros(DType.FLOAT32, Shape.of(labels.size(), classes));
    int[] numbers = labels.ints();
    for (int i = 0; i < numbers.length; i++) {
      targets.floats()[i * classes + numbers[i]] = 1;
    }
    return targets;
  }

  /** The SHA-256 of all pixels and labels in use, whatever files or generator they came from. */
  public String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, set.train());
      update(digest, set.test());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, Dataset data) {
    try (BatchIterator pieces = data.batch(PIECE).iterator(0)) {
      while (pieces.hasNext()) {
        Batch piece = pieces.next();
        float[] pixels = piece.input().floats();
        ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
        bytes.asFloatBuffer().put(pixels);
        digest.update(bytes);
        int[] labels = piece.target().ints();
        ByteBuffer labelBytes = ByteBuffer.allocate(4 * labels.length);
        labelBytes.asIntBuffer().put(labels);
        digest.update(labelBytes);
      }
    }
  }
}
