package io.dendra.serialization;

import io.dendra.tensor.NDArray;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one safetensors stream: the header first, the arrays when it has been looked at. */
final class SafeTensorsReader {
  private final InputStream in;
  private final String source;
  private final SafeTensorsHeader header;

  /**
   * Reads the header.
   *
   * @param size the bytes that the stream has
   * @param source its name in errors
   */
  SafeTensorsReader(InputStream in, long size, String source) throws IOException {
    this.in = in;
    this.source = source;
    try {
      this.header = header(size);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(source + " is no whole safetensors file: " + e.getMessage(), e);
    }
  }

  private SafeTensorsHeader header(long size) throws IOException {
    if (size < Long.BYTES) {
      throw new IllegalArgumentException(size + " bytes are too few");
    }
    long length =
        ByteBuffer.wrap(in.readNBytes(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long rest = size - Long.BYTES;
    if (length < 0 || length > SafeTensorsHeader.MOST_BYTES || length > rest) {
      throw new IllegalArgumentException(
          "it names a header of "
              + Long.toUnsignedString(length)
              + " bytes, there are "
              + rest
              + " and at most "
              + SafeTensorsHeader.MOST_BYTES
              + " are allowed");
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new EOFException("the header ends too early");
    }
    if (text.length == 0 || text[0] != '{') {
      throw new IllegalArgumentException("its header does not begin with '{'");
    }
    return SafeTensorsHeader.decode(text, rest - length);
  }

  SafeTensorsHeader header() {
    return header;
  }

  Map<String, NDArray> read() throws IOException {
    long most = Runtime.getRuntime().maxMemory();
    if (header.dataBytes() > most) {
      throw new ModelFileException(
          source
              + " holds "
              + header.dataBytes()
              + " bytes of arrays, more than the Java heap of "
              + most
              + ": start Java with a larger -Xmx");
    }
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    for (SafeTensorsHeader.Entry entry : header.entries()) {
      arrays.put(entry.name(), TensorBytes.read(entry.dtype(), entry.shape(), in));
    }
    return arrays;
  }
}
