package io.dendra.models;

import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Layers;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import io.dendra.text.Suggestions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the model of one description again. */
final class ArchitectureReader {
  private final Map<Long, Layer> known = new HashMap<>();

  /** What was made, each after the layers it is made of. */
  private final Map<Layer, Settings> made = new LinkedHashMap<>();

  Model model(Map<String, Object> description) {
    if (!(layer(description) instanceof Model model)) {
      throw new IllegalArgumentException(description.get("class") + " is a layer, not a model");
    }
    // Freezing a layer freezes its parts, which may have been let go again: outer ones go first.
    List<Layer> inward = new ArrayList<>(made.keySet());
    Collections.reverse(inward);
    inward.forEach(layer -> trainable(layer, made.get(layer)));
    return model;
  }

  private Layer layer(Object value) {
    Settings description = settings("the description of a layer", value);
    if (description.has("same_as")) {
      Layer layer = known.get(description.getLong("same_as"));
      if (layer == null) {
        throw new IllegalArgumentException(
            "no layer before has the id " + description.get("same_as"));
      }
      return layer;
    }
    String kind = description.getString("class");
    String name = description.has("name") ? description.getString("name") : null;
    Layer layer;
    try {
      layer =
          switch (kind) {
            case Architecture.SEQUENTIAL -> Sequential.of(layers(description));
            case Architecture.FUNCTIONAL -> functional(description);
            default -> registered(kind, description);
          };
      finish(layer, name, description);
    } catch (IllegalArgumentException | ArithmeticException e) {
      String where = (name == null ? "" : "layer '" + name + "' ") + "(" + kind + "): ";
      throw new IllegalArgumentException(where + e.getMessage(), e);
    }
    made.put(layer, description);
    if (description.has("id")) {
      known.put(description.getLong("id"), layer);
    }
    return layer;
  }

  private static void finish(Layer layer, String name, Settings description) {
    if (name != null) {
      layer.named(name);
    }
    if (layer instanceof Model model) {
      model.seed(description.getLong("seed"));
    }
    if (description.has("dtype")) {
      layer.dtype(description.getString("dtype"));
    }
    if (description.has("built_for")) {
      layer.buildFor(
          description.getList("built_for").stream()
              .map(spec -> spec(settings("the shape of an input", spec)))
              .toList());
    }
    if (description.has("part_dtypes")) {
      Map<String, Layer> parts = Architecture.parts(layer);
      map("the types of parts", description.get("part_dtypes"))
          .forEach((path, types) -> part(layer, parts, path).dtype(String.valueOf(types)));
    }
  }

  private static Layer part(Layer layer, Map<String, Layer> parts, Object path) {
    Layer part = parts.get(path);
    if (part == null) {
      throw new IllegalArgumentException("layer '" + layer.path() + "' has no part '" + path + "'");
    }
    return part;
  }

  private static void trainable(Layer layer, Settings description) {
    layer.trainable(description.getBoolean("trainable"));
    if (layer instanceof Sequential || layer instanceof Functional) {
      return;
    }
    List<Object> frozen =
        description.has("frozen_parts") ? description.getList("frozen_parts") : List.of();
    Map<String, Layer> parts = Architecture.parts(layer);
    for (Object path : frozen) {
      part(layer, parts, path);
    }
    parts.forEach((path, part) -> part.trainable(!frozen.contains(path)));
  }

  private List<Layer> layers(Settings description) {
    List<Layer> layers = new ArrayList<>();
    description.getList("layers").forEach(each -> layers.add(layer(each)));
    return layers;
  }

  private static Layer registered(String kind, Settings description) {
    Set<String> names = Layers.REGISTRY.names();
    if (!names.contains(kind)) {
      throw new IllegalArgumentException(
          "no layer class of that name"
              + Suggestions.nearest(kind, names)
              + " If it is a layer of your own, "
              + Architecture.register(kind));
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    if (description.has("settings")) {
      settings.putAll(map("the settings", description.get("settings")));
    }
    settings.put("name", kind);
    return Layers.REGISTRY.of(settings);
  }

  private Functional functional(Settings description) {
    List<Layer> layers = layers(description);
    List<SymbolicTensor> inputs = new ArrayList<>();
    for (Object each : description.getList("inputs")) {
      Settings input = settings("an input", each);
      String name = input.has("name") ? input.getString("name") : null;
      inputs.add(new SymbolicTensor(spec(input), null, 0, name));
    }
    List<List<SymbolicTensor>> results = new ArrayList<>();
    for (Object each : description.getList("calls")) {
      Settings call = settings("a call", each);
      Layer layer = at(layers, call, "layer");
      results.add(SymbolicTensor.call(layer, tensors(call, "inputs", inputs, results)));
    }
    return Functional.of(inputs, tensors(description, "outputs", inputs, results));
  }

  private static List<SymbolicTensor> tensors(
      Settings owner,
      String name,
      List<SymbolicTensor> inputs,
      List<List<SymbolicTensor>> results) {
    List<SymbolicTensor> tensors = new ArrayList<>();
    for (Object each : owner.getList(name)) {
      Settings reference = settings("a reference to a value", each);
      tensors.add(
          reference.has("input")
              ? at(inputs, reference, "input")
              : at(at(results, reference, "call"), reference, "output"));
    }
    return tensors;
  }

  private static <T> T at(List<T> list, Settings reference, String name) {
    long index = reference.getLong(name);
    if (index < 0 || index >= list.size()) {
      throw new IllegalArgumentException(
          "there is no " + name + " " + index + ", there are " + list.size());
    }
    return list.get((int) index);
  }

  private static TensorSpec spec(Settings described) {
    List<Object> dims = described.getList("shape");
    long[] shape = new long[dims.size()];
    for (int i = 0; i < shape.length; i++) {
      Object dim = dims.get(i);
      if (dim != null && !(dim instanceof Long length && length >= 0)) {
        throw new IllegalArgumentException("shape " + dims + " has to hold lengths and nulls");
      }
      shape[i] = dim == null ? Shape.UNKNOWN : (Long) dim;
    }
    return new TensorSpec(Shape.of(shape), DType.of(described.getString("dtype")));
  }

  private static Settings settings(String what, Object value) {
    return new Settings(what, map(what, value));
  }

  private static Map<String, Object> map(String what, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(what + " has to be an object, it is " + value);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    map.forEach((key, member) -> members.put(String.valueOf(key), member));
    return members;
  }
}
