package io.dendra.serialization;

import static io.dendra.serialization.TestLayers.drawn;
import static io.dendra.serialization.TestLayers.predictions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Dense;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not as they were written: always an error that says so, or the same model. */
class ModelFileDamageTest {
  @TempDir Path folder;
  private Path file;
  private Model model;

  @BeforeAll
  static void register() {
    TestLayers.register();
  }

  @BeforeEach
  void write() {
    file = folder.resolve("model.dendra");
    model =
        drawn(
            Sequential.of(new Dense(3, "relu"), new Dense(2)),
            new TensorSpec(Shape.of(1, 4), DType.FLOAT32));
    ModelFile.write(file, model, Map.of("epochs", 2L), Map.of("step", NDArray.of(new long[] {7})));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
    return assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(file.toString());
  }

  private Map<String, byte[]> entries() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        try (InputStream in = zip.getInputStream(entry)) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }

  private void archive(Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  /** Changes the JSON and leaves the archive whole. */
  private void editJson(UnaryOperator<String> edit) throws IOException {
    Map<String, byte[]> entries = entries();
    String json = new String(entries.get(ModelFile.MODEL), StandardCharsets.UTF_8);
    String edited = edit.apply(json);
    assertThat(edited).isNotEqualTo(json);
    entries.put(ModelFile.MODEL, edited.getBytes(StandardCharsets.UTF_8));
    archive(entries);
  }

  @Test
  void flippedBytesAndCutsAnywhereAreRefusedOrHarmless() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    List<NDArray> expected = predictions(model);
    int refused = 0;
    for (int place = 0; place < whole.length; place += 2) {
      byte[] flipped = whole.clone();
      flipped[place] ^= (byte) (place % 4 == 0 ? 0xFF : 1 << place / 4 % 8);
      Files.write(file, flipped);
      refused += refusedOrSame(expected) ? 1 : 0;
      if (place % 7 == 0) {
        Files.write(file, Arrays.copyOf(whole, place));
        assertRefused();
      }
    }
    // What does no harm are times, attributes and the copies of sizes that zip does not use.
    assertThat(refused).isGreaterThan(whole.length / 2 * 8 / 10);
  }

  private boolean refusedOrSame(List<NDArray> expected) {
    try {
      ModelFile.Contents contents = ModelFile.read(file);
      assertThat(predictions(contents.model())).isEqualTo(expected);
      assertThat(contents.optimizerState()).containsOnlyKeys("step");
      assertThat(contents.training()).isEqualTo(Map.of("epochs", 2L));
      return false;
    } catch (ModelFileException e) {
      assertThat(e).hasMessageContaining(file.toString());
      return true;
    }
  }

  /** With checksums that are right: what a hostile or handwritten file can do. */
  @Test
  void anyDescriptionMakesAModelOrIsRefused() throws IOException {
    drawn(TestLayers.nested()).compile("adam", "mse", "mae").save(file);
    Map<String, byte[]> entries = entries();
    byte[] json = entries.get(ModelFile.MODEL);
    RandomStream random = new RandomStream(RandomKey.of(21));
    for (int i = 0; i < 300; i++) {
      Object root = Json.read(json);
      change(root, random);
      entries.put(ModelFile.MODEL, Json.write(root).getBytes(StandardCharsets.UTF_8));
      archive(entries);
      try {
        Model.load(file).close();
      } catch (ModelFileException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
  }

  /** Replaces or removes a value anywhere within. */
  private static void change(Object value, RandomStream random) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      List<Map.Entry<?, ?>> members = List.copyOf(map.entrySet());
      Map.Entry<?, ?> member = members.get(random.nextInt(members.size()));
      if (isNested(member.getValue()) && random.nextInt(8) > 0) {
        change(member.getValue(), random);
      } else if (random.nextInt(4) == 0) {
        map.remove(member.getKey());
      } else {
        replace(member, random);
      }
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      int index = random.nextInt(list.size());
      if (isNested(list.get(index)) && random.nextInt(8) > 0) {
        change(list.get(index), random);
      } else {
        list.remove(index);
      }
    }
  }

  private static boolean isNested(Object value) {
    return value instanceof Map || value instanceof List;
  }

  private static <T> void replace(Map.Entry<?, T> member, RandomStream random) {
    @SuppressWarnings("unchecked") // The tree is one of plain objects.
    Map.Entry<?, Object> open = (Map.Entry<?, Object>) member;
    Object[] values = {
      null,
      -1L,
      0L,
      1L,
      3L,
      1e300,
      Long.MAX_VALUE,
      "",
      "Dense",
      "Functional",
      "TestBlock",
      true,
      2.5,
      List.of(),
      Map.of(),
      List.of(List.of()),
      Arrays.asList(null, null),
      Map.of("input", 0L)
    };
    open.setValue(values[random.nextInt(values.length)]);
  }

  @Test
  void foreignFiles() throws IOException {
    Files.writeString(file, "no model at all");
    assertRefused().hasMessageContaining("is no model file: it is no zip archive");
    Files.write(file, new byte[0]);
    assertRefused().hasMessageContaining("is no model file");
    archive(Map.of("readme.txt", new byte[1]));
    assertRefused().hasMessageContaining("a zip archive without model.json");
    archive(Map.of(ModelFile.MODEL, "{\"format\": \"other\"}".getBytes(StandardCharsets.UTF_8)));
    assertRefused().hasMessageContaining("does not name the format dendra-model");
    archive(Map.of(ModelFile.MODEL, "[1, ".getBytes(StandardCharsets.UTF_8)));
    assertRefused().hasMessageContaining("line 1, column 5: expected a value");
    Files.delete(file);
    assertRefused().hasMessageContaining("there is no file");
    Files.createDirectory(file);
    assertRefused().hasMessageContaining("is a folder");
  }

  @Test
  void aFileOfANewerDendra() throws IOException {
    editJson(json -> json.replace("\"format_version\": 1", "\"format_version\": 2"));
    assertRefused().hasMessageContaining("reads versions up to 1: use a newer one");
  }

  @Test
  void entriesThatDoNotBelong() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put("../../etc/evil", new byte[1]);
    archive(entries);
    assertRefused().hasMessageContaining("holds '../../etc/evil', which no model file does");
    for (int i = 0; i < 50; i++) {
      entries.put("x" + i, new byte[0]);
    }
    archive(entries);
    assertRefused().hasMessageContaining("a zip archive of 54 entries");
  }

  @Test
  void anEntryTwice() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put("wodel.json", entries.get(ModelFile.MODEL));
    archive(entries);
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Files.write(
        file, text.replace("wodel.json", "model.json").getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("holds model.json twice");
  }

  @Test
  void unknownLayersNameTheNearest() throws IOException {
    editJson(json -> json.replaceFirst("\"Dense\"", "\"Dence\""));
    assertRefused()
        .hasMessageContaining("layer 'dense' (Dence): no layer class of that name. Did you mean")
        .hasMessageContaining("'Dense'")
        .hasMessageContaining("Layers.REGISTRY.kind(\"Dence\", Dence.class, settings -> new Dence");
  }

  @Test
  void settingsThatDoNotFitNameLayerAndSetting() throws IOException {
    editJson(json -> json.replaceFirst("\"units\": 3", "\"units\": \"many\""));
    assertRefused().hasMessageContaining("layer 'dense' (Dense)").hasMessageContaining("units");
    write();
    editJson(json -> json.replaceFirst("\"relu\"", "\"relo\""));
    assertRefused().hasMessageContaining("no activation 'relo'. Did you mean 'relu'");
  }

  @Test
  void weightsThatDoNotFit() throws IOException {
    editJson(json -> json.replaceFirst("\"units\": 2", "\"units\": 4"));
    assertRefused()
        .hasMessageContaining("weights.safetensors in " + file + " does not fit the model: weight")
        .hasMessageContaining("dense_1/kernel is float32[3, 2], the model's is float32[3, 4]");
    write();
    editJson(json -> json.replaceFirst("\"units\": 3", "\"units\": 4"));
    assertRefused()
        .hasMessageContaining("the model cannot be made")
        .hasMessageContaining("dense_1");
    write();
    editJson(json -> json.replace("\"dense_1\"", "\"other\""));
    assertRefused()
        .hasMessageContaining("it lacks other/kernel, other/bias and it has dense_1/kernel");
    write();
    Map<String, byte[]> entries = entries();
    entries.remove(ModelFile.WEIGHTS);
    archive(entries);
    assertRefused().hasMessageContaining("it has no weights.safetensors");
    write();
    editJson(json -> json.replace("\"without_values\": []", "\"without_values\": [\"x\"]"));
    assertRefused().hasMessageContaining("the model has no weight x");
  }

  @Test
  void weightsOfAnotherTypeAreRefused() throws IOException {
    Map<String, byte[]> entries = entries();
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    model.parameters().forEach(p -> arrays.put(p.path(), p.value().toNDArray().as(DType.FLOAT64)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SafeTensors.write(bytes, arrays, Map.of());
    entries.put(ModelFile.WEIGHTS, bytes.toByteArray());
    archive(entries);
    assertRefused().hasMessageContaining("is float64[4, 3], the model's is float32[4, 3]");
  }

  @Test
  void aCompressedCopyReadsTheSame() throws IOException {
    archive(entries());
    assertThat(predictions(ModelFile.read(file).model())).isEqualTo(predictions(model));
  }

  @Test
  void whatUnpacksToMoreThanItMayIsRefused() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(ModelFile.MODEL));
      zeros(zip, 65L << 20);
      zip.closeEntry();
    }
    assertThat(file).satisfies(path -> assertThat(Files.size(path)).isLessThan(1 << 20));
    assertRefused().hasMessageContaining("model.json").hasMessageContaining("more than 67108864");
  }

  @Test
  void aBombInTheWeightsIsNotAllocated() throws IOException {
    Map<String, byte[]> entries = entries();
    String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}";
    long bytes = 16L << 20;
    byte[] text = header.formatted(bytes / 4, bytes).getBytes(StandardCharsets.UTF_8);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(ModelFile.MODEL));
      zip.write(entries.get(ModelFile.MODEL));
      zip.closeEntry();
      zip.putNextEntry(new ZipEntry(ModelFile.WEIGHTS));
      zip.write(new byte[] {(byte) text.length, 0, 0, 0, 0, 0, 0, 0});
      zip.write(text);
      zeros(zip, bytes);
      zip.closeEntry();
    }
    assertRefused().hasMessageContaining("it lacks dense/kernel");
  }

  private static void zeros(OutputStream out, long count) throws IOException {
    byte[] piece = new byte[1 << 16];
    for (long written = 0; written < count; written += piece.length) {
      out.write(piece);
    }
  }

  @Test
  void sizesThatLieAreFound() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    // The uncompressed size of the first entry in the directory, 24 bytes into its record.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int record = text.indexOf("PK\u0001\u0002");
    bytes[record + 24 + 2] ^= 0x10;
    Files.write(file, bytes);
    assertRefused();
  }
}
