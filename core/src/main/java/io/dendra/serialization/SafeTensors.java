package io.dendra.serialization;

import io.dendra.tensor.NDArray;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads and writes arrays by name in the safetensors format, which PyTorch, JAX and others share:
 * the length of a header, the header in JSON, the data. Nothing in such a file can run.
 *
 * <pre>{@code
 * SafeTensors.write(Path.of("weights.safetensors"), Map.of("kernel", NDArray.of(values, 3, 4)));
 * NDArray kernel = SafeTensors.read(Path.of("weights.safetensors")).get("kernel");
 * }</pre>
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafeTensors {
  private SafeTensors() {}

  /**
   * The arrays of a file, by name.
   *
   * @throws ModelFileException when it cannot be read, or is not a whole file of that format
   */
  public static Map<String, NDArray> read(Path path) {
    return open(path, SafeTensorsReader::read);
  }

  /** Reads a file whose header passes a check, which throws if not. */
  static Map<String, NDArray> read(Path path, Consumer<SafeTensorsHeader> check) {
    return open(
        path,
        reader -> {
          check.accept(reader.header());
          return reader.read();
        });
  }

  /**
   * The free texts by name that a file carries.
   *
   * @throws ModelFileException when it cannot be read, or is not a whole file of that format
   */
  public static Map<String, String> metadata(Path path) {
    return open(path, reader -> reader.header().metadata());
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @throws ModelFileException when it cannot be written; what was there is untouched then
   */
  public static void write(Path path, Map<String, NDArray> arrays) {
    write(path, arrays, Map.of());
  }

  /**
   * Writes a file with free texts by name, whole or not at all.
   *
   * @throws ModelFileException when it cannot be written; what was there is untouched then
   */
  public static void write(Path path, Map<String, NDArray> arrays, Map<String, String> metadata) {
    try {
      AtomicFile.write(path, out -> write(out, arrays, metadata));
    } catch (IOException e) {
      throw new ModelFileException(path + " cannot be written: " + AtomicFile.reason(e), e);
    }
  }

  static void write(OutputStream out, Map<String, NDArray> arrays, Map<String, String> metadata)
      throws IOException {
    SafeTensorsHeader header = SafeTensorsHeader.of(arrays, metadata);
    byte[] text = header.encode();
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(text.length).array());
    out.write(text);
    for (SafeTensorsHeader.Entry entry : header.entries()) {
      TensorBytes.write(arrays.get(entry.name()), out);
    }
  }

  private interface Use<T> {
    T of(SafeTensorsReader reader) throws IOException;
  }

  private static <T> T open(Path path, Use<T> use) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      return use.of(new SafeTensorsReader(in, Files.size(path), path.toString()));
    } catch (NoSuchFileException e) {
      throw new ModelFileException("there is no file " + path.toAbsolutePath(), e);
    } catch (IOException e) {
      throw new ModelFileException(path + " cannot be read: " + AtomicFile.reason(e), e);
    }
  }
}
