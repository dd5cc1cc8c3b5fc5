package io.dendra.serialization;

import io.dendra.models.Model;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The weights of a model alone, in a plain safetensors file by {@link Parameter#path}. */
public final class Weights {
  private static final int MOST_NAMED = 5;

  private Weights() {}

  /**
   * Writes the weights, whole or not at all.
   *
   * @throws ModelFileException when the model has none yet, or the file cannot be written
   */
  public static void write(Path path, Model model) {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    named(model)
        .forEach(
            (name, parameter) -> {
              if (!parameter.isInitialized()) {
                throw new ModelFileException(
                    "the weights cannot be saved to "
                        + path
                        + ": "
                        + name
                        + " has no values yet; train or initialise the model first");
              }
              arrays.put(name, parameter.value().toNDArray());
            });
    if (arrays.isEmpty() && !model.isBuilt()) {
      throw new ModelFileException(
          "the weights cannot be saved to "
              + path
              + ": the model has none before it knows the shape of its inputs; train or"
              + " initialise it first");
    }
    SafeTensors.write(path, arrays);
  }

  /**
   * Reads weights into a model of the same structure. Floating numbers of other widths are
   * converted.
   *
   * @throws ModelFileException when the file cannot be read or its names and shapes are not those
   *     of the model, which is unchanged then
   */
  public static void read(Path path, Model model) {
    Map<String, Parameter> parameters = named(model);
    if (parameters.isEmpty() && !model.isBuilt()) {
      throw new ModelFileException(
          "no weights can be read from "
              + path
              + ": the model has none before it knows the shape of its inputs; initialise it"
              + " first");
    }
    Map<String, NDArray> arrays =
        SafeTensors.read(path, header -> requireMatch(path.toString(), header, parameters, false));
    arrays.forEach((name, array) -> parameters.get(name).assign(array));
  }

  /** The parameters by their paths within the model, also when it is a part of another. */
  private static Map<String, Parameter> named(Model model) {
    String prefix = model.path().isEmpty() ? "" : model.path() + "/";
    Map<String, Parameter> named = new LinkedHashMap<>();
    for (Parameter parameter : model.parameters()) {
      String path = parameter.path();
      named.put(path.startsWith(prefix) ? path.substring(prefix.length()) : path, parameter);
    }
    return named;
  }

  /**
   * Compares names, shapes and types before any array is read.
   *
   * @param exact whether types have to be the same
   */
  static void requireMatch(
      String source, SafeTensorsHeader header, Map<String, Parameter> parameters, boolean exact) {
    Set<String> missing = new LinkedHashSet<>(parameters.keySet());
    List<String> unknown = new ArrayList<>();
    for (SafeTensorsHeader.Entry entry : header.entries()) {
      Parameter parameter = parameters.get(entry.name());
      if (parameter == null) {
        unknown.add(entry.name());
        continue;
      }
      missing.remove(entry.name());
      if (!entry.shape().equals(parameter.shape())
          || !fits(entry.dtype(), parameter.dtype(), exact)) {
        throw new ModelFileException(
            source
                + " does not fit the model: weight "
                + entry.name()
                + " is "
                + entry.dtype().label()
                + entry.shape()
                + ", the model's is "
                + parameter.dtype().label()
                + parameter.shape());
      }
    }
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new ModelFileException(
          source
              + " does not fit the model: "
              + (missing.isEmpty() ? "" : "it lacks " + listed(missing))
              + (missing.isEmpty() || unknown.isEmpty() ? "" : " and ")
              + (unknown.isEmpty() ? "" : "it has " + listed(unknown) + ", which the model lacks"));
    }
  }

  private static boolean fits(DType given, DType wanted, boolean exact) {
    boolean bothFloating = given.isFloating() && wanted.isFloating();
    return given == wanted || (!exact && bothFloating);
  }

  private static String listed(Collection<String> names) {
    String first = names.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
    return names.size() <= MOST_NAMED
        ? first
        : first + " and " + (names.size() - MOST_NAMED) + " more";
  }
}
