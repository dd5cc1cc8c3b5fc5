package io.dendra.data;

import io.dendra.tensor.NDArray;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The idx format, in which MNIST and its relatives are published (Y. LeCun, C. Cortes, C. Burges,
 * "The MNIST database of handwritten digits", 1998).
 *
 * <p>A file is two zero bytes, a type code, the number of dimensions, each dimension as a
 * big-endian 32-bit number, and the elements in row-major order; gzip around it is recognised by
 * its content, not by its name.
 */
public final class Idx {
  /** Deflate cannot shrink more, so a header that claims more is wrong before memory is taken. */
  private static final long MOST_PER_GZIP_BYTE = 1032;

  private static final int CHUNK = 1 << 16;

  private Idx() {}

  /**
   * Reads a file: unsigned and signed bytes, shorts and ints as int32, floats as float32, doubles
   * as float64.
   *
   * @throws DataException when the file is missing, is no idx file, or is shorter or longer than
   *     its header says
   */
  public static NDArray read(Path file) {
    return read(file, false, 1);
  }

  /**
   * Reads a file as float32, each element multiplied by a factor: {@code 1 / 255.0} for pixels.
   *
   * @throws DataException as {@link #read(Path)}
   */
  public static NDArray readScaled(Path file, double factor) {
    return read(file, true, (float) factor);
  }

  private static NDArray read(Path file, boolean scaled, float factor) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
      long bytes = Files.size(file);
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      InputStream in = gzip ? new GZIPInputStream(raw, CHUNK) : raw;
      IdxHeader header = readHeader(in, file);
      long claimed = header.bodyBytes();
      long most = gzip ? bytes * MOST_PER_GZIP_BYTE : bytes - header.headerBytes();
      if (claimed > most) {
        throw truncated(file, header, gzip ? -1 : most);
      }
      IdxElements elements = new IdxElements(header, scaled, factor);
      readBody(in, file, header, elements);
      if (in.read() != -1) {
        throw new DataException(
            file
                + " goes on after the "
                + claimed
                + " bytes of elements that its header "
                + header
                + " announces: it is damaged or not this format; get it again");
      }
      return elements.toArray();
    } catch (NoSuchFileException e) {
      throw new DataException("there is no file " + file, e);
    } catch (EOFException | ZipException e) {
      throw new DataException(
          file + " is a damaged or truncated gzip file (" + e.getMessage() + "): get it again", e);
    } catch (IOException e) {
      throw new DataException(file + " cannot be read: " + e, e);
    }
  }

  private static IdxHeader readHeader(InputStream in, Path file) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw notIdx(file, magic, "two zero bytes, a type code and the number of dimensions");
    }
    IdxHeader.Type type = IdxHeader.Type.of(magic[2]);
    if (type == null) {
      throw notIdx(file, magic, "a third byte of 08, 09, 0b, 0c, 0d or 0e, the element type");
    }
    int rank = magic[3] & 0xff;
    if (rank == 0) {
      throw notIdx(file, magic, "at least one dimension in the fourth byte");
    }
    byte[] lengths = in.readNBytes(4 * rank);
    if (lengths.length < 4 * rank) {
      throw new DataException(
          file
              + " ends within its header: "
              + rank
              + " dimensions take "
              + 4 * rank
              + " bytes, there are "
              + lengths.length
              + "; get it again");
    }
    long[] dims = new long[rank];
    ByteBuffer buffer = ByteBuffer.wrap(lengths);
    long elements = 1;
    for (int i = 0; i < rank; i++) {
      dims[i] = buffer.getInt() & 0xffffffffL;
      // Each factor is below 2^32 and the product is stopped below 2^31, so it cannot overflow.
      elements *= dims[i];
      if (elements > Integer.MAX_VALUE - 8) {
        throw new DataException(
            file
                + " claims dimensions "
                + Arrays.toString(Arrays.copyOf(dims, i + 1))
                + ", more elements than a Java array holds: it is damaged or has to be split");
      }
    }
    return new IdxHeader(type, dims);
  }

  private static void readBody(InputStream in, Path file, IdxHeader header, IdxElements elements)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    long left = header.bodyBytes();
    while (left > 0) {
      int read = in.readNBytes(chunk, 0, (int) Math.min(CHUNK, left));
      if (read < Math.min(CHUNK, left)) {
        throw truncated(file, header, header.bodyBytes() - left + read);
      }
      elements.add(ByteBuffer.wrap(chunk, 0, read));
      left -= read;
    }
  }

  private static DataException truncated(Path file, IdxHeader header, long found) {
    return new DataException(
        file
            + " is truncated: its header "
            + header
            + " announces "
            + header.bodyBytes()
            + " bytes of elements, there are "
            + (found < 0 ? "fewer" : found)
            + "; get it again");
  }

  private static DataException notIdx(Path file, byte[] magic, String expected) {
    String start = new String(magic, StandardCharsets.ISO_8859_1);
    return new DataException(
        file
            + " is no idx file: it starts with "
            + (magic.length == 0 ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(magic))
            + ", expected "
            + expected
            + (start.startsWith("<") ? "; it looks like a web page saved in its place" : ""));
  }
}
