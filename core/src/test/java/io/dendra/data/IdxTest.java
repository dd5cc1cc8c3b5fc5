package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  @TempDir Path folder;

  /** An idx file of one dimension whose header announces {@code count} elements. */
  static byte[] idx(int type, int count, byte... body) {
    return ByteBuffer.allocate(8 + body.length)
        .put(new byte[] {0, 0, (byte) type, 1})
        .putInt(count)
        .put(body)
        .array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("some-idx"), bytes);
  }

  private void assertRefused(byte[] bytes, String... parts) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> Idx.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void readsEveryElementType() throws IOException {
    assertThat(Idx.read(file(idx(0x08, 2, (byte) 1, (byte) 255))))
        .isEqualTo(NDArray.of(new int[] {1, 255}));
    assertThat(Idx.read(file(idx(0x09, 2, (byte) 1, (byte) 255))))
        .isEqualTo(NDArray.of(new int[] {1, -1}));
    assertThat(Idx.read(file(idx(0x0B, 1, (byte) 0xff, (byte) 0xfe))))
        .isEqualTo(NDArray.of(new int[] {-2}));
    byte[] int32 = ByteBuffer.allocate(4).putInt(-123_456_789).array();
    assertThat(Idx.read(file(idx(0x0C, 1, int32)))).isEqualTo(NDArray.of(new int[] {-123_456_789}));
    byte[] float32 = ByteBuffer.allocate(4).putFloat(1.5f).array();
    assertThat(Idx.read(file(idx(0x0D, 1, float32)))).isEqualTo(NDArray.of(new float[] {1.5f}));
    byte[] float64 = ByteBuffer.allocate(8).putDouble(Math.PI).array();
    assertThat(Idx.read(file(idx(0x0E, 1, float64)))).isEqualTo(NDArray.of(new double[] {Math.PI}));
  }

  @Test
  void readsSeveralDimensionsPackedOrNot() throws IOException {
    byte[] matrix = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    NDArray expected = NDArray.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(Idx.read(file(matrix))).isEqualTo(expected);
    assertThat(Idx.read(file(gzip(matrix)))).isEqualTo(expected);
    assertThat(Idx.readScaled(file(matrix), 0.5))
        .isEqualTo(NDArray.of(new float[] {0.5f, 1, 1.5f, 2, 2.5f, 3}, 2, 3));
  }

  @Test
  void readsMoreThanOneChunk() throws IOException {
    byte[] body = new byte[200_001];
    Arrays.fill(body, (byte) 7);
    body[200_000] = 9;
    NDArray array = Idx.read(file(gzip(idx(0x08, body.length, body))));
    assertThat(array.getDouble(199_999)).isEqualTo(7);
    assertThat(array.getDouble(200_000)).isEqualTo(9);
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    assertRefused(
        idx(0x08, 5, (byte) 1, (byte) 2), "truncated", "UNSIGNED_BYTE [5]", "5 bytes", "are 2");
    assertRefused(gzip(idx(0x08, 5, (byte) 1, (byte) 2)), "truncated", "5 bytes", "are 2");
    assertRefused(new byte[] {0, 0, 8, 2, 0, 0}, "ends within its header", "there are 2");
    byte[] packed = gzip(idx(0x08, 3, (byte) 1, (byte) 2, (byte) 3));
    assertRefused(Arrays.copyOf(packed, packed.length - 9), "damaged or truncated gzip");
    assertRefused(new byte[0], "starts with nothing");
  }

  @Test
  void refusesOtherFormats() throws IOException {
    assertRefused(new byte[] {1, 2, 3, 4, 5}, "no idx file", "01 02 03 04", "two zero bytes");
    assertRefused(idx(0x0A, 0), "no idx file", "element type");
    assertRefused(new byte[] {0, 0, 8, 0}, "at least one dimension");
    assertRefused("<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII), "web page");
  }

  @Test
  void refusesBytesAfterTheEnd() throws IOException {
    assertRefused(idx(0x08, 1, (byte) 1, (byte) 2), "goes on after the 1 bytes");
    assertRefused(gzip(idx(0x08, 1, (byte) 1, (byte) 2)), "goes on after the 1 bytes");
  }

  @Test
  void refusesCountsThatCannotBeBeforeTakingMemory() throws IOException {
    assertRefused(idx(0x08, 0x7fff_fff0), "truncated", "2147483632");
    assertRefused(gzip(idx(0x0E, 100_000_000)), "truncated", "800000000 bytes");
    byte[] huge = {0, 0, 8, 2, -1, -1, -1, -1, -1, -1, -1, -1};
    assertRefused(huge, "more elements than a Java array");
  }

  @Test
  void namesAMissingFile() {
    assertThatThrownBy(() -> Idx.read(folder.resolve("absent")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is no file")
        .hasMessageContaining("absent");
  }
}
