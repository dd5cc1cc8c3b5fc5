package io.dendra.serialization;

import io.dendra.models.Architecture;
import io.dendra.models.Model;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.NDArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models in files: structure, weights, state of the optimizer, how far training had come, and where
 * the model came from.
 *
 * <p>A file is a zip archive of JSON and safetensors. Reading one runs nothing that the file brings
 * along: layers are made by the classes registered in {@link io.dendra.nn.layers.Layers#REGISTRY}.
 *
 * <pre>{@code
 * ModelFile.write(path, model, Map.of("epochs", 6), optimizerState);
 * ModelFile.Contents contents = ModelFile.read(path);
 * contents.model();
 * }</pre>
 */
public final class ModelFile {
  static final String FORMAT = "dendra-model";

  /** What is written, and the highest that can be read. */
  static final int FORMAT_VERSION = 1;

  static final String MODEL = "model.json";
  static final String WEIGHTS = "weights.safetensors";
  static final String OPTIMIZER = "optimizer.safetensors";

  private ModelFile() {}

  /**
   * What a file holds.
   *
   * @param model with its weights, ready to predict on the default device
   * @param training how it was compiled and how far training had come, as it was given
   * @param optimizerState arrays by name, as they were given; none when there was none
   * @param provenance when, with what and from what the file was made
   */
  public record Contents(
      Model model,
      Map<String, Object> training,
      Map<String, NDArray> optimizerState,
      Map<String, Object> provenance) {}

  /**
   * Writes a file, whole or not at all.
   *
   * @param training values that JSON can hold, not NaN nor infinite
   * @throws ModelFileException when the model cannot be described or the file not be written; what
   *     was there is untouched then
   */
  public static void write(
      Path path, Model model, Map<String, Object> training, Map<String, NDArray> optimizerState) {
    write(path, model, training, optimizerState, Map.of());
  }

  /**
   * Writes a file that also says where the model came from, such as the hash of its data.
   *
   * @param provenance is added to time and versions, which are written anyway
   * @throws ModelFileException when the model cannot be described or the file not be written; what
   *     was there is untouched then
   */
  public static void write(
      Path path,
      Model model,
      Map<String, Object> training,
      Map<String, NDArray> optimizerState,
      Map<String, Object> provenance) {
    try {
      Map<String, Parameter> parameters = new LinkedHashMap<>();
      Map<String, Object> root = new LinkedHashMap<>();
      root.put("format", FORMAT);
      root.put("format_version", FORMAT_VERSION);
      root.put("dendra_version", Provenance.dendraVersion());
      root.put("model", described(model, parameters));
      root.put("without_values", withoutValues(parameters));
      root.put("training", training);
      root.put("provenance", Provenance.of(model, provenance));
      byte[] json = Json.pretty(root).getBytes(StandardCharsets.UTF_8);
      Map<String, NDArray> weights = new LinkedHashMap<>();
      parameters.forEach((name, parameter) -> weights.put(name, parameter.value().toNDArray()));
      AtomicFile.write(path, out -> ModelArchive.write(out, json, weights, optimizerState));
    } catch (IllegalArgumentException | JsonException e) {
      throw new ModelFileException(
          "the model cannot be saved to " + path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ModelFileException(path + " cannot be written: " + AtomicFile.reason(e), e);
    }
  }

  /**
   * Tries whether a file could be written, so that an error comes before training and not after it.
   *
   * @throws ModelFileException when it could not
   */
  public static void requireWritable(Path path) {
    try {
      AtomicFile.requireWritable(path);
    } catch (IOException e) {
      throw new ModelFileException(path + " cannot be written: " + AtomicFile.reason(e), e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws ModelFileException when there is none, or it is damaged, of another kind or of a newer
   *     Dendra, or its layers are not known here
   */
  public static Contents read(Path path) {
    return new ModelFileReader(path).read();
  }

  /**
   * Describes a model and names its weights as the model made again from the description does: a
   * model that could not be read back is found now, and names do not depend on what models this one
   * is a part of.
   */
  private static Map<String, Object> described(Model model, Map<String, Parameter> parameters) {
    Map<String, Object> description = Architecture.describe(model);
    Model twin = twin(description);
    List<Parameter> theirs = twin.parameters();
    List<Parameter> ours = model.parameters();
    for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
      Parameter one = i < ours.size() ? ours.get(i) : null;
      Parameter other = i < theirs.size() ? theirs.get(i) : null;
      if (one == null
          || other == null
          || !one.shape().equals(other.shape())
          || one.dtype() != other.dtype()) {
        throw new IllegalArgumentException(
            "made again from its description it has other weights: "
                + text(other)
                + " in place of "
                + text(one)
                + "; have settings() of that layer and its factory in the registry agree");
      }
      parameters.put(other.path(), one);
    }
    return description;
  }

  private static Model twin(Map<String, Object> description) {
    Map<String, Object> asRead = new LinkedHashMap<>();
    ((Map<?, ?>) Json.read(Json.write(description)))
        .forEach((key, value) -> asRead.put((String) key, value));
    try {
      return Architecture.rebuild(asRead);
    } catch (RuntimeException e) {
      // Whatever the factory of a user's own layer throws.
      throw new IllegalArgumentException(
          "it cannot be made again from its description: " + e.getMessage(), e);
    }
  }

  private static String text(Parameter parameter) {
    return parameter == null
        ? "none"
        : parameter.path() + " " + parameter.dtype().label() + parameter.shape();
  }

  /** Takes out the parameters that have not been drawn yet. */
  private static List<String> withoutValues(Map<String, Parameter> parameters) {
    List<String> names = new ArrayList<>();
    parameters.forEach(
        (name, parameter) -> names.addAll(parameter.isInitialized() ? List.of() : List.of(name)));
    names.forEach(parameters::remove);
    return names;
  }
}
