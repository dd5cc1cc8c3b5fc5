package io.dendra.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.HalfPrecision;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
  @TempDir Path folder;

  private static Map<String, NDArray> everyType() {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    arrays.put("truth", NDArray.of(new boolean[] {true, false, true}));
    short half = HalfPrecision.floatToFloat16(0.5f);
    short most = HalfPrecision.floatToFloat16(-65504);
    arrays.put("f16", NDArray.wrap(new short[] {half, most}, DType.FLOAT16, Shape.of(2)));
    short one = HalfPrecision.floatToBfloat16(1);
    arrays.put("bf16", NDArray.wrap(new short[] {one}, DType.BFLOAT16, Shape.of(1)));
    arrays.put("f32", NDArray.of(new float[] {1, -2.5f, Float.POSITIVE_INFINITY, 1.4E-45f}, 2, 2));
    arrays.put("empty", NDArray.of(new float[0], 0, 3));
    arrays.put("f64", NDArray.of(new double[] {0.1}));
    arrays.put("i32", NDArray.of(new int[] {-1, Integer.MAX_VALUE}));
    arrays.put("i64", NDArray.wrap(new long[] {-(1L << 40)}, DType.INT64, Shape.scalar()));
    return arrays;
  }

  @Test
  void everyTypeComesBackAsItWas() {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, everyType(), Map.of("note", "ü"));
    assertThat(SafeTensors.read(file)).isEqualTo(everyType());
    assertThat(SafeTensors.metadata(file)).isEqualTo(Map.of("note", "ü"));
  }

  /** Made with the Python package safetensors 0.8.0, {@code serialize_file}, of the same values. */
  @Test
  void readsWhatAnotherLibraryWrote() throws IOException {
    Path file = folder.resolve("python.safetensors");
    try (InputStream in = SafeTensorsTest.class.getResourceAsStream("python.safetensors")) {
      Files.copy(in, file);
    }
    assertThat(SafeTensors.read(file)).isEqualTo(everyType());
    assertThat(SafeTensors.metadata(file)).isEqualTo(Map.of("framework", "none, by hand ✓"));
  }

  @Test
  void arraysLargerThanOnePieceAndNone() {
    RandomStream random = new RandomStream(RandomKey.of(3));
    double[] values = new double[50_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble();
    }
    Map<String, NDArray> arrays = Map.of("x", NDArray.of(values), "y", NDArray.of(new int[] {1}));
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, arrays);
    assertThat(SafeTensors.read(file)).isEqualTo(arrays);
    SafeTensors.write(file, Map.of());
    assertThat(SafeTensors.read(file)).isEmpty();
  }

  @Test
  void dataBeginAlignedAndTheWidestComeFirst() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, everyType());
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(header % 8).isZero();
    assertThat(new String(bytes, 8, 20, StandardCharsets.UTF_8)).startsWith("{\"f64\":");
  }

  private Path file(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + dataBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, bytes.array());
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}}|4|of float32[2] needs 8 bytes",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}|4|it was cut off",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}|8|something follows them",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|begins at byte 4, behind a gap",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}|4|has shape [-1]",
        "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}|4|has shape [1.0]",
        "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}|4|has no list shape",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}|4|has data_offsets [4, 0]",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}|4|has data_offsets [0]",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296,4],'data_offsets':[0,0]}}|0|more than a",
        "{'a':{'dtype':'F32','shape':[2147483647],'data_offsets':[0,0]}}|0|more than a Java array",
        "{'a':{'dtype':'F32','shape':[2147483639],'data_offsets':[0,8589934556]}}|0|cut off",
        "{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,-4]}}|0|has data_offsets [0, -4]",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}|1|dtype U8, which Dendra does not",
        "{'a':{'dtype':'F32','shape':[1]}}|4|does not consist of dtype, shape and data_offsets",
        "{'a':7}|0|does not consist of",
        "{'__metadata__':7}|0|is no JSON object",
        "{'__metadata__':{'a':7}}|0|which is no text",
        "{'a':{'dtype':'F32','shape':[0],'data_offsets':[0,0]},'a':1}|0|comes twice",
        "{'a'|0|the header is no JSON: line 1, column 5",
        "[1]|0|does not begin with '{'",
        "` {}`|0|does not begin with '{'",
        "{}x|0|the header is no JSON",
      })
  void namesWhatIsWrongWithAHeader(String header, int dataBytes, String message)
      throws IOException {
    Path file = file(header.replace('\'', '"'), dataBytes);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith(file + " is no whole safetensors file: ")
        .hasMessageContaining(message);
  }

  @Test
  void arraysMustNotOverlap() throws IOException {
    String array = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";
    Path file =
        file("{\"a\":" + array.formatted(0, 8) + ",\"b\":" + array.formatted(4, 12) + "}", 12);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .hasMessageContaining("inside the array before");
  }

  @Test
  void headersLongerThanTheFileAreNotAllocated() throws IOException {
    for (long length : new long[] {-1, Long.MAX_VALUE, 99_999_999, 100_000_001, 1}) {
      Path file = folder.resolve("a.safetensors");
      byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
      Files.write(file, bytes);
      assertThatThrownBy(() -> SafeTensors.read(file))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("it names a header of " + Long.toUnsignedString(length));
    }
  }

  @Test
  void filesThatAreNotThereOrTooShort() throws IOException {
    Path file = folder.resolve("none.safetensors");
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("there is no file");
    Files.write(file, new byte[3]);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("3 bytes are too few");
    assertThatThrownBy(() -> SafeTensors.read(folder)).isInstanceOf(ModelFileException.class);
  }

  @Test
  void flippedBitsAndCutsAreAnErrorOrReadable() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, everyType());
    byte[] whole = Files.readAllBytes(file);
    for (int place = 0; place < whole.length; place++) {
      for (int bit = place % 3; bit < 8; bit += 3) {
        byte[] flipped = whole.clone();
        flipped[place] ^= (byte) (1 << bit);
        Files.write(file, flipped);
        readable(file);
      }
      Files.write(file, java.util.Arrays.copyOf(whole, place));
      assertThatThrownBy(() -> SafeTensors.read(file)).isInstanceOf(ModelFileException.class);
    }
  }

  private static void readable(Path file) {
    try {
      assertThat(SafeTensors.read(file)).isNotEmpty();
    } catch (ModelFileException e) {
      assertThat(e).hasMessageContaining(file.toString());
    }
  }
}
