package io.dendra.serialization;

import io.dendra.models.Architecture;
import io.dendra.models.Model;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads one model file, trusting nothing in it. */
final class ModelFileReader {
  private static final int MOST_JSON_BYTES = 64 << 20;

  private final Path path;

  ModelFileReader(Path path) {
    this.path = path;
  }

  ModelFile.Contents read() {
    if (!Files.exists(path)) {
      throw new ModelFileException("there is no file " + path.toAbsolutePath());
    }
    if (Files.isDirectory(path)) {
      throw new ModelFileException(path + " is a folder, not a model file");
    }
    try (ZipArchive archive = new ZipArchive(path)) {
      return read(archive);
    } catch (IOException e) {
      throw new ModelFileException(
          path + " cannot be read, it may be damaged: " + AtomicFile.reason(e), e);
    }
  }

  private ModelFile.Contents read(ZipArchive archive) throws IOException {
    if (!archive.has(ModelFile.MODEL)) {
      throw new ModelFileException(
          path + " is no model file: it is a zip archive without " + ModelFile.MODEL);
    }
    Settings root = root(archive.bytes(ModelFile.MODEL, MOST_JSON_BYTES));
    archive.requireOnly(List.of(ModelFile.MODEL, ModelFile.WEIGHTS, ModelFile.OPTIMIZER));
    Model model = model(root);
    try {
      weights(archive, root, model);
      Map<String, NDArray> optimizerState =
          archive.has(ModelFile.OPTIMIZER)
              ? tensors(archive, ModelFile.OPTIMIZER, header -> {})
              : Map.of();
      return new ModelFile.Contents(
          model, object(root, "training"), optimizerState, object(root, "provenance"));
    } catch (RuntimeException | IOException e) {
      model.close();
      throw e;
    }
  }

  private Settings root(byte[] json) {
    Object value;
    try {
      value = Json.read(json);
    } catch (JsonException e) {
      throw wrong(e.getMessage(), e);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, member) -> members.put((String) key, member));
    }
    if (!ModelFile.FORMAT.equals(members.get("format"))) {
      throw new ModelFileException(
          path
              + " is no model file: its "
              + ModelFile.MODEL
              + " does not name the format "
              + ModelFile.FORMAT);
    }
    Settings root = new Settings(ModelFile.MODEL, members);
    long version;
    try {
      version = root.getLong("format_version");
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage(), e);
    }
    if (version > ModelFile.FORMAT_VERSION) {
      throw new ModelFileException(
          path
              + " was written by Dendra "
              + root.get("dendra_version")
              + " in version "
              + version
              + " of the format, this Dendra reads versions up to "
              + ModelFile.FORMAT_VERSION
              + ": use a newer one");
    }
    return root;
  }

  private Model model(Settings root) {
    try {
      return Architecture.rebuild(object(root, "model"));
    } catch (ModelFileException e) {
      throw e;
    } catch (RuntimeException e) {
      // Layers, also those of users, are made from whatever settings the file has.
      throw wrong("the model cannot be made: " + e.getMessage(), e);
    }
  }

  private Map<String, Object> object(Settings root, String name) {
    if (!(root.get(name) instanceof Map<?, ?> map)) {
      throw wrong("it has no object '" + name + "'", null);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    map.forEach((key, member) -> members.put((String) key, member));
    return members;
  }

  private ModelFileException wrong(String what, Exception cause) {
    return new ModelFileException(ModelFile.MODEL + " in " + path + ": " + what, cause);
  }

  private void weights(ZipArchive archive, Settings root, Model model) throws IOException {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    model.parameters().forEach(parameter -> parameters.put(parameter.path(), parameter));
    if (!(root.get("without_values") instanceof List<?> withoutValues)) {
      throw wrong("it has no list 'without_values'", null);
    }
    for (Object name : withoutValues) {
      if (!(name instanceof String) || parameters.remove(name) == null) {
        throw wrong("the model has no weight " + name + ", named in 'without_values'", null);
      }
    }
    if (!archive.has(ModelFile.WEIGHTS)) {
      throw new ModelFileException(
          path + " is damaged: it has no " + ModelFile.WEIGHTS + "; save the model again");
    }
    Map<String, NDArray> arrays =
        tensors(
            archive,
            ModelFile.WEIGHTS,
            header -> Weights.requireMatch(source(ModelFile.WEIGHTS), header, parameters, true));
    arrays.forEach((name, array) -> parameters.get(name).assign(array));
  }

  private Map<String, NDArray> tensors(
      ZipArchive archive, String name, Consumer<SafeTensorsHeader> check) throws IOException {
    long size = archive.check(name, Long.MAX_VALUE);
    try (InputStream in = new BufferedInputStream(archive.open(name), 1 << 16)) {
      SafeTensorsReader reader = new SafeTensorsReader(in, size, source(name));
      check.accept(reader.header());
      return reader.read();
    }
  }

  private String source(String name) {
    return name + " in " + path;
  }
}
