package io.dendra.sweep.training;

import io.dendra.data.Batch;
import io.dendra.data.BatchIterator;
import io.dendra.data.Dataset;
import io.dendra.tensor.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/** The SHA-256 of data, by which one knows later whether two trials learned from the same. */
public final class DataHash {
  private static final int ROWS = 512;

  /** By identity, as datasets have no other; each is hashed once. */
  private static final Map<Dataset, Holder> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private DataHash() {}

  private static final class Holder {
    private String hash;

    synchronized String of(Dataset data) {
      if (hash == null) {
        hash = compute(data);
      }
      return hash;
    }
  }

  /**
   * The hash of what a dataset gives in epoch 0: types, shapes and values of all arrays, in its
   * order, whatever the batch size. Computed once for each dataset. Empty for a generated one,
   * which may have no end.
   */
  public static Optional<String> of(Dataset data) {
    return data.size().isEmpty()
        ? Optional.empty()
        : Optional.of(KNOWN.computeIfAbsent(data, key -> new Holder()).of(data));
  }

  /** The hash of a file's bytes. */
  public static String of(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String compute(Dataset data) {
    List<MessageDigest> columns = new ArrayList<>();
    try (BatchIterator batches = (data.isBatched() ? data : data.batch(ROWS)).iterator(0)) {
      while (batches.hasNext()) {
        List<NDArray> arrays = arrays(batches.next());
        for (int i = 0; i < arrays.size(); i++) {
          if (columns.size() == i) {
            columns.add(sha256());
            columns.get(i).update(form(arrays.get(i)).getBytes(StandardCharsets.UTF_8));
          }
          columns.get(i).update(bytes(arrays.get(i)));
        }
      }
    }
    MessageDigest all = sha256();
    columns.forEach(column -> all.update(column.digest()));
    return HexFormat.of().formatHex(all.digest());
  }

  private static List<NDArray> arrays(Batch batch) {
    List<NDArray> arrays = new ArrayList<>(batch.inputs());
    arrays.addAll(batch.targets());
    arrays.addAll(batch.sampleWeights());
    return arrays;
  }

  private static String form(NDArray array) {
    long[] dims = array.shape().dims();
    return array.dtype().label() + Arrays.toString(Arrays.copyOfRange(dims, 1, dims.length));
  }

  private static byte[] bytes(NDArray array) {
    Object values = array.array();
    if (values instanceof float[] numbers) {
      byte[] bytes = new byte[4 * numbers.length];
      littleEndian(bytes).asFloatBuffer().put(numbers);
      return bytes;
    }
    if (values instanceof int[] numbers) {
      byte[] bytes = new byte[4 * numbers.length];
      littleEndian(bytes).asIntBuffer().put(numbers);
      return bytes;
    }
    if (values instanceof long[] numbers) {
      byte[] bytes = new byte[8 * numbers.length];
      littleEndian(bytes).asLongBuffer().put(numbers);
      return bytes;
    }
    double[] numbers = array.doubles();
    byte[] bytes = new byte[8 * numbers.length];
    littleEndian(bytes).asDoubleBuffer().put(numbers);
    return bytes;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
