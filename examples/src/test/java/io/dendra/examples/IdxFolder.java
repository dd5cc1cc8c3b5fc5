package io.dendra.examples;

import io.dendra.data.Batch;
import io.dendra.data.HandwrittenDigits;
import io.dendra.random.RandomKey;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with generated digits in the files of MNIST. */
public final class IdxFolder {
  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;
  private static final int SIDE = 28;

  private IdxFolder() {}

  public static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    write(folder, "train", HandwrittenDigits.generate(train, RandomKey.of(1)));
    write(folder, "t10k", HandwrittenDigits.generate(test, RandomKey.of(2)));
    return folder;
  }

  private static void write(Path folder, String part, Batch digits) throws IOException {
    float[] pixels = digits.input().floats();
    byte[] grey = new byte[pixels.length];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) Math.round(pixels[i] * 255);
    }
    int[] classes = digits.target().ints();
    byte[] labels = new byte[classes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) classes[i];
    }
    Files.write(
        folder.resolve(part + "-images-idx3-ubyte"), idx(IMAGES, grey, digits.size(), SIDE, SIDE));
    Files.write(folder.resolve(part + "-labels-idx1-ubyte"), idx(LABELS, labels, digits.size()));
  }

  public static byte[] idx(int magic, byte[] values, int... dims) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(magic);
    for (int dim : dims) {
      out.writeInt(dim);
    }
    out.write(values);
    return bytes.toByteArray();
  }
}
